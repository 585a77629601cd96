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

/**
 * What a migration did, kept in our state directory so that it can be taken back.
 *
 * @param unit the service of Keylime's agent; empty when there was none
 */
record Ledger(String unit, List<Entry> entries) {
    static final String NAME = "keylime-migration.json";

    /** A file that went over, and whose it was there. */
    record Entry(Path source, Path target, HostFiles.Owner owner) {}

    static Ledger read(Path file) throws MigrationException {
        try {
            Map<String, ?> json = Json.readObject(HostFiles.read(file));
            List<Entry> entries = new ArrayList<>();
            if (json.get("unit") instanceof String unit
                    && json.get("files") instanceof List<?> all) {
                for (Object one : all) {
                    entries.add(entry(one));
                }
                return new Ledger(unit, entries);
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
                            PosixFilePermissions.fromString(mode)));
        }
        throw new JsonException("a file without source, target, uid, gid or mode");
    }

    byte[] encode() {
        List<Map<String, Object>> files = new ArrayList<>();
        for (Entry entry : entries) {
            Map<String, Object> file = new LinkedHashMap<>();
            file.put("source", entry.source().toString());
            file.put("target", entry.target().toString());
            file.put("uid", entry.owner().uid());
            file.put("gid", entry.owner().gid());
            file.put("mode", entry.owner().mode());
            files.add(file);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("unit", unit);
        json.put("files", files);
        return Json.write(json);
    }
}
