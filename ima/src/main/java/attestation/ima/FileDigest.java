// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The digest field of an entry ({@code d}, {@code d-ng}, {@code d-ngv2}).
 *
 * @param kind what was hashed
 * @param algorithm the kernel's name; chosen by who signed the file, so untrusted text
 * @param bytes the digest
 */
public record FileDigest(Kind kind, String algorithm, byte[] bytes) {
    /** What the digest is of. */
    public enum Kind {
        /** The content of the file or buffer. */
        IMA,
        /** The fs-verity digest of the file. */
        VERITY
    }

    /** Whether every byte is zero, as in a violation and in boot_aggregate without a TPM. */
    public boolean isZero() {
        return Bytes.isZero(bytes, 0, bytes.length);
    }

    /** {@code sha256:<hex>}, with {@code verity:} before it where that was hashed; for people. */
    @Override
    public String toString() {
        String prefix = kind == Kind.VERITY ? "verity:" : "";
        return prefix + Display.escape(algorithm) + ":" + HexFormat.of().formatHex(bytes);
    }

    static Optional<FileDigest> of(Field field) {
        return switch (field.id()) {
            case "d" -> Optional.of(plain(field.bytes()));
            case "d-ng", "d-ngv2", "d-modsig" -> named(field.bytes());
            default -> Optional.empty();
        };
    }

    private static FileDigest plain(byte[] bytes) {
        return new FileDigest(Kind.IMA, bytes.length == 16 ? "md5" : "sha1", bytes);
    }

    private static Optional<FileDigest> named(byte[] bytes) {
        int nul = Bytes.indexOf(bytes, 0, bytes.length, (byte) 0);
        if (nul < 1 || bytes[nul - 1] != ':') {
            return Optional.empty();
        }
        String prefix = new String(bytes, 0, nul - 1, StandardCharsets.ISO_8859_1);
        int colon = prefix.lastIndexOf(':');
        boolean verity = colon >= 0 && prefix.startsWith("verity:");
        byte[] digest = java.util.Arrays.copyOfRange(bytes, nul + 1, bytes.length);
        return Optional.of(
                new FileDigest(
                        verity ? Kind.VERITY : Kind.IMA, prefix.substring(colon + 1), digest));
    }
}
