// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import attestation.agent.keylime.wire.Json;
import attestation.agent.keylime.wire.JsonException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The AK as Keylime's agent stores it ({@code agent_data.json}), byte for byte, so that a host can
 * go from one agent to the other and back without new enrolment.
 *
 * @param hashAlg for example {@code Sha256}
 * @param signAlg for example {@code RsaSsa}
 * @param akPublic TPMT_PUBLIC
 * @param akPrivate contents of TPM2B_PRIVATE without its size
 * @param ekHash {@code hash_ek} text of the EK under which the AK loads, 64 hex digits
 */
public record AgentData(
        String hashAlg, String signAlg, byte[] akPublic, byte[] akPrivate, String ekHash) {
    private static final int MAX_FILE_BYTES = 256 * 1024;
    private static final int MAX_AREA_BYTES = 4096;
    private static final String STEPS =
            "restore it from a backup, or give this host a new AK deliberately: agent identity reset";
    private static final Map<String, String> HASHES =
            Map.of(
                    "sha1", "Sha1",
                    "sha256", "Sha256",
                    "sha384", "Sha384",
                    "sha512", "Sha512",
                    "sm3_256", "Sm3_256");
    private static final Map<String, String> SIGNINGS =
            Map.of(
                    "rsassa", "RsaSsa",
                    "rsapss", "RsaPss",
                    "ecdsa", "EcDsa",
                    "ecschnorr", "EcSchnorr");

    /** How the file spells a hash that the configuration calls {@code sha256}. */
    public static String hashName(String configured) {
        return spelling(HASHES, configured);
    }

    /** How the file spells a scheme that the configuration calls {@code rsassa}. */
    public static String signName(String configured) {
        return spelling(SIGNINGS, configured);
    }

    private static String spelling(Map<String, String> names, String configured) {
        String name = names.get(configured);
        if (name == null) {
            throw new IllegalArgumentException(
                    "algorithm: %s (expected: one of %s)"
                            .formatted(configured, names.keySet().stream().sorted().toList()));
        }
        return name;
    }

    /** Whether this AK is the one that the present EK and settings ask for. */
    public boolean fits(String wantedHash, String wantedSign, String presentEkHash) {
        return hashAlg.equals(wantedHash)
                && signAlg.equals(wantedSign)
                && ekHash.equals(presentEkHash);
    }

    /**
     * The stored AK; empty when there never was one here.
     *
     * @throws IdentityException when the file is damaged, or was set aside as damaged earlier; it
     *     has been set aside and is named
     */
    public static Optional<AgentData> load(StateFile file) throws IOException, IdentityException {
        try {
            return read(file);
        } catch (JsonException e) {
            throw new IdentityException(
                    "%s: %s (expected: Keylime's agent data); set aside as %s; %s"
                            .formatted(file, e.getMessage(), file.setAside(), STEPS),
                    e);
        }
    }

    /** The same for those who only look: a damaged file stays where it is. */
    public static Optional<AgentData> peek(StateFile file) throws IOException, IdentityException {
        try {
            return read(file);
        } catch (JsonException e) {
            throw new IdentityException(
                    "%s: %s (expected: Keylime's agent data); %s"
                            .formatted(file, e.getMessage(), STEPS),
                    e);
        }
    }

    private static Optional<AgentData> read(StateFile file)
            throws IOException, IdentityException, JsonException {
        Optional<byte[]> content = file.read(MAX_FILE_BYTES);
        if (content.isPresent()) {
            return Optional.of(parse(content.get()));
        }
        Optional<Path> damaged = file.damaged();
        if (damaged.isPresent()) {
            throw new IdentityException(
                    "%s: missing, a damaged one was set aside as %s; %s"
                            .formatted(file, damaged.get(), STEPS));
        }
        return Optional.empty();
    }

    /** Writes the file unless it holds just this already. */
    public void store(StateFile file) throws IOException {
        byte[] content = encode();
        Optional<byte[]> stored = file.exists() ? file.read(MAX_FILE_BYTES) : Optional.empty();
        if (stored.isEmpty() || !Arrays.equals(stored.get(), content)) {
            file.write(content);
        }
    }

    static AgentData parse(byte[] json) throws JsonException {
        Map<String, @Nullable Object> members = Json.readObject(json);
        return new AgentData(
                name(members, "ak_hash_alg", HASHES),
                name(members, "ak_sign_alg", SIGNINGS),
                bytes(members, "ak_public"),
                bytes(members, "ak_private"),
                ekHash(bytes(members, "ek_hash")));
    }

    private static String name(
            Map<String, @Nullable Object> members, String key, Map<String, String> names)
            throws JsonException {
        if (members.get(key) instanceof String name && names.containsValue(name)) {
            return name;
        }
        throw new JsonException("%s is not one of %s".formatted(key, names.values()));
    }

    private static byte[] bytes(Map<String, @Nullable Object> members, String key)
            throws JsonException {
        if (!(members.get(key) instanceof List<?> list)
                || list.isEmpty()
                || list.size() > MAX_AREA_BYTES) {
            throw new JsonException(
                    "%s is not a list of 1 to %d bytes".formatted(key, MAX_AREA_BYTES));
        }
        var bytes = new byte[list.size()];
        for (int i = 0; i < bytes.length; i++) {
            if (!(list.get(i) instanceof Long value) || value < 0 || value > 255) {
                throw new JsonException("%s[%d] is not a byte".formatted(key, i));
            }
            bytes[i] = value.byteValue();
        }
        return bytes;
    }

    private static String ekHash(byte[] ascii) throws JsonException {
        var text = new String(ascii, StandardCharsets.US_ASCII);
        if (!text.matches("[0-9a-f]{64}")) {
            throw new JsonException("ek_hash is not 64 hex digits");
        }
        return text;
    }

    byte[] encode() {
        var json = new StringBuilder(16 * 1024);
        json.append("{\n  \"ak_hash_alg\": \"").append(hashAlg).append("\",\n");
        json.append("  \"ak_sign_alg\": \"").append(signAlg).append("\",\n");
        append(json, "ak_public", akPublic).append(",\n");
        append(json, "ak_private", akPrivate).append(",\n");
        append(json, "ek_hash", ekHash.getBytes(StandardCharsets.US_ASCII)).append("\n}");
        return json.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static StringBuilder append(StringBuilder json, String key, byte[] bytes) {
        json.append("  \"").append(key).append("\": [");
        String separator = "\n    ";
        for (byte value : bytes) {
            json.append(separator).append(value & 0xFF);
            separator = ",\n    ";
        }
        return json.append("\n  ]");
    }

    /** Without the private area, though the TPM encrypted it. */
    @Override
    public String toString() {
        return "AgentData[%s, %s, EK %s]".formatted(hashAlg, signAlg, ekHash);
    }
}
