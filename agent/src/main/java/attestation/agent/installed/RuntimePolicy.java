// SPDX-License-Identifier: Apache-2.0
package attestation.agent.installed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Keylime's runtime policy (its JSON form, version 1), as far as file digests go. */
public final class RuntimePolicy {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BYTES = 256 << 20;
    private static final String DIGESTS = "digests";

    private final ObjectNode policy;

    private RuntimePolicy(ObjectNode policy) {
        this.policy = policy;
    }

    /** One that allows nothing. */
    public static RuntimePolicy empty() {
        ObjectNode policy = JSON.createObjectNode();
        policy.putObject("meta").put("version", 1).put("generator", 0);
        policy.put("release", 0);
        policy.putObject(DIGESTS);
        policy.putArray("excludes");
        policy.putObject("keyrings");
        ObjectNode ima = policy.putObject("ima");
        ima.putArray("ignored_keyrings");
        ima.put("log_hash_alg", "sha1");
        ima.putNull("dm_policy");
        policy.putObject("ima-buf");
        policy.put("verification-keys", "");
        return new RuntimePolicy(policy);
    }

    /**
     * One that is there already; what we do not know of it stays as it is.
     *
     * @throws InstalledException when it cannot be read or is no such policy
     */
    public static RuntimePolicy read(Path file) throws InstalledException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new InstalledException(
                        "%s: %d bytes (expected: at most %d)"
                                .formatted(file, Files.size(file), MAX_BYTES));
            }
            JsonNode read = JSON.readTree(Files.readAllBytes(file));
            if (read instanceof ObjectNode policy && policy.get(DIGESTS) instanceof ObjectNode) {
                return new RuntimePolicy(policy);
            }
        } catch (JsonProcessingException e) {
            throw new InstalledException(
                    "%s: not JSON - %s (expected: a runtime policy)"
                            .formatted(file, e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new InstalledException(
                    file + ": cannot be read - " + e + " (expected: a runtime policy)", e);
        }
        throw new InstalledException(
                file
                        + ": no object \"digests\" in it (expected: Keylime's runtime policy, JSON;"
                        + " convert a former allow-list with keylime-policy)");
    }

    /** Allows these files beside what it allows already. */
    public RuntimePolicy allow(List<OwnFile> files) {
        ObjectNode digests = (ObjectNode) policy.get(DIGESTS);
        for (OwnFile file : files) {
            // The kernel writes names into its list with underscores for blanks.
            String name = file.path().toString().replace(' ', '_');
            ArrayNode known =
                    digests.get(name) instanceof ArrayNode array ? array : digests.putArray(name);
            file.digests().values().stream().sorted().forEach(hex -> addOnce(known, hex));
        }
        return this;
    }

    private static void addOnce(ArrayNode known, String hex) {
        for (JsonNode one : known) {
            if (one.asText().equals(hex)) {
                return;
            }
        }
        known.add(hex);
    }

    /** As JSON, indented, ending in a newline. */
    public String render() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(policy) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }
}
