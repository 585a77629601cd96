// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import attestation.agent.keylime.wire.Json;
import attestation.agent.keylime.wire.JsonException;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a migration did, kept in our state directory so that it can be taken back.
 *
 * @param unit the service of Keylime's agent; empty when there was none
 * @param entries what makes this host the one it is, whether it was there or not
 * @param secure Keylime's folder for payloads and ours; empty when there was none
 */
record Ledger(String unit, List<Entry> entries, Optional<Entry> secure) {
    static final String NAME = "keylime-migration.json";

    /**
     * A file or folder of Keylime's agent and ours, and whose it is there.
     *
     * @param payloadKey whether it is the key that our agent may seal to the TPM
     */
    record Entry(Path source, Path target, HostFiles.Owner owner, boolean payloadKey) {
        private Map<String, Object> json() {
            Map<String, Object> file = new LinkedHashMap<>();
            file.put("source", source.toString());
            file.put("target", target.toString());
            file.put("uid", owner.uid());
            file.put("gid", owner.gid());
            file.put("mode", owner.mode());
            file.put("payload_key", payloadKey);
            return file;
        }
    }

    static Ledger read(Path file) throws MigrationException {
        try {
            Map<String, ?> json = Json.readObject(HostFiles.read(file));
            List<Entry> entries = new ArrayList<>();
            if (json.get("unit") instanceof String unit
                    && json.get("files") instanceof List<?> all) {
                for (Object one : all) {
                    entries.add(entry(one));
                }
                Object secure = json.get("secure");
                return new Ledger(
                        unit,
                        entries,
                        secure == null ? Optional.empty() : Optional.of(entry(secure)));
            }
            throw new JsonException("no unit and files in it");
        } catch (JsonException | IllegalArgumentException e) {
            throw new MigrationException(
                    file + ": " + e.getMessage() + " (expected: what agent migrate wrote)", e);
        } catch (IOException e) {
            throw new MigrationException(
                    file
                            + ": cannot be read - "
                            + e
                            + " (expected: written by agent migrate; was this host migrated?)",
                    e);
        }
    }

    private static Entry entry(Object json) throws JsonException {
        if (json instanceof Map<?, ?> one
                && one.get("source") instanceof String source
                && one.get("target") instanceof String target
                && one.get("uid") instanceof Long uid
                && one.get("gid") instanceof Long gid
                && one.get("mode") instanceof String mode
                && Path.of(source).isAbsolute()
                && Path.of(target).isAbsolute()) {
            return new Entry(
                    Path.of(source),
                    Path.of(target),
                    new HostFiles.Owner(
                            Math.toIntExact(uid),
                            Math.toIntExact(gid),
                            PosixFilePermissions.fromString(mode)),
                    Boolean.TRUE.equals(one.get("payload_key")));
        }
        throw new JsonException("a file without source, target, uid, gid or mode");
    }

    /** Where the payload key is; each file it may be in a ledger that does not tell. */
    List<Entry> payloadKeys() {
        List<Entry> told = entries.stream().filter(Entry::payloadKey).toList();
        return told.isEmpty() ? entries : told;
    }

    byte[] encode() {
        List<Map<String, Object>> files = new ArrayList<>();
        entries.forEach(entry -> files.add(entry.json()));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("unit", unit);
        json.put("files", files);
        secure.ifPresent(folder -> json.put("secure", folder.json()));
        return Json.write(json);
    }
}
