// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import attestation.agent.keylime.wire.Shown;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Works out the identifier under which this host registers, from Keylime's {@code uuid} option.
 *
 * <p>{@code generate} makes an identifier once and stores it; Keylime's agent makes a new one at
 * every start, so that the host must be enrolled again each time. A value that is none of the forms
 * is refused; Keylime's agent takes a random identity then.
 */
public final class AgentId {
    private static final int MAX_STORED_BYTES = 256;
    private static final Pattern UUID_FORM =
            Pattern.compile(
                    "(?:urn:uuid:)?\\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\\}?");
    private static final Pattern ACCEPTED_BY_SERVERS = Pattern.compile("[A-Za-z0-9_.-]{1,80}");
    private static final String FORMS =
            "a UUID, hash_ek, generate, dmidecode, machine_id or hostname";

    private final StateFile stored;
    private final HostFacts host;
    private final SecureRandom random;

    /**
     * @param stored where a generated identifier is kept
     */
    public AgentId(StateFile stored, HostFacts host, SecureRandom random) {
        this.stored = stored;
        this.host = host;
        this.random = random;
    }

    /** Whether the form needs the EK, hence a TPM. */
    public static boolean needsEk(String form) {
        return form.equals("hash_ek");
    }

    /**
     * The identifier.
     *
     * @param form the option's value
     * @param ekPublicDer SubjectPublicKeyInfo of the EK; needed for {@code hash_ek} only
     * @throws IdentityException when the form is unknown or what it names cannot be had
     */
    public String resolve(String form, Optional<byte[]> ekPublicDer)
            throws IOException, IdentityException {
        return switch (form) {
            case "hash_ek" ->
                    hashEk(
                            ekPublicDer.orElseThrow(
                                    () -> missing(form, "the TPM's EK cannot be read")));
            case "generate" -> generated();
            case "dmidecode" ->
                    host.productUuid()
                            .flatMap(AgentId::machineUuid)
                            .or(this::machineId)
                            .orElseThrow(
                                    () -> missing(form, "neither firmware nor system has one"));
            case "machine_id" ->
                    machineId().orElseThrow(() -> missing(form, "/etc/machine-id holds none"));
            case "hostname" ->
                    host.hostname()
                            .filter(name -> ACCEPTED_BY_SERVERS.matcher(name).matches())
                            .orElseThrow(() -> missing(form, "none that Keylime's servers take"));
            default ->
                    uuid(form)
                            .orElseThrow(
                                    () ->
                                            new IdentityException(
                                                    "uuid: %s (expected: %s)"
                                                            .formatted(Shown.text(form), FORMS)));
        };
    }

    private static IdentityException missing(String form, String reason) {
        return new IdentityException("uuid: %s - %s".formatted(form, reason));
    }

    /** Keylime's {@code hash_ek}: SHA-256 over the EK as PEM, 64 hex digits. */
    public static String hashEk(byte[] ekPublicDer) {
        byte[] pem = new Pem("PUBLIC KEY", ekPublicDer).text().getBytes(StandardCharsets.US_ASCII);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(pem));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private String generated() throws IOException, IdentityException {
        Optional<byte[]> known = stored.read(MAX_STORED_BYTES);
        if (known.isEmpty()) {
            requireNoneSetAside();
            String fresh = randomUuid();
            stored.write((fresh + "\n").getBytes(StandardCharsets.US_ASCII));
            return fresh;
        }
        String text = new String(known.get(), StandardCharsets.ISO_8859_1).strip();
        Optional<String> id = uuid(text);
        if (id.isEmpty()) {
            throw new IdentityException(
                    "%s: %s (expected: a UUID); set aside as %s; put the id back under which the registrar knows this host, or remove that file to have a new one"
                            .formatted(stored, Shown.text(text), stored.setAside()));
        }
        return id.get();
    }

    private void requireNoneSetAside() throws IOException, IdentityException {
        Optional<Path> damaged = stored.damaged();
        if (damaged.isPresent()) {
            throw new IdentityException(
                    "%s: missing, a damaged one was set aside as %s; put the id back under which the registrar knows this host, or remove that file to have a new one"
                            .formatted(stored, damaged.get()));
        }
    }

    private String randomUuid() {
        var bytes = new byte[16];
        random.nextBytes(bytes);
        bytes[6] = (byte) ((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte) ((bytes[8] & 0x3F) | 0x80);
        var longs = java.nio.ByteBuffer.wrap(bytes);
        return new UUID(longs.getLong(), longs.getLong()).toString();
    }

    private Optional<String> machineId() {
        return host.machineId().flatMap(AgentId::machineUuid);
    }

    /** Firmware that was never given a UUID has one of equal digits, which many hosts share. */
    private static Optional<String> machineUuid(String text) {
        return uuid(text).filter(id -> id.replace("-", "").chars().distinct().count() > 1);
    }

    /** Lower case with hyphens, from any of the usual spellings. */
    private static Optional<String> uuid(String text) {
        var match = UUID_FORM.matcher(text.toLowerCase(Locale.ROOT));
        return match.matches()
                ? Optional.of(
                        String.join(
                                "-",
                                match.group(1),
                                match.group(2),
                                match.group(3),
                                match.group(4),
                                match.group(5)))
                : Optional.empty();
    }
}
