// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A key whose signatures count.
 *
 * @param source where it was read from, for people
 * @param kernelId the id by which the kernel finds it
 * @param keyId the id of the bare key, by which {@code evmctl} finds it
 * @param certificate the certificate it came in, empty for a bare key
 */
public record TrustedKey(
        String source,
        PublicKey key,
        int kernelId,
        int keyId,
        Optional<X509Certificate> certificate) {
    private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
    private static final String END = "-----END PUBLIC KEY-----";

    /** Most bytes a key file may have. */
    public static final int MAX_BYTES = 64 * 1024;

    /**
     * Reads an X.509 certificate (DER or PEM) or a public key (PEM or DER).
     *
     * @throws IOException when it is neither
     */
    public static TrustedKey read(String source, byte[] bytes) throws IOException {
        if (bytes.length > MAX_BYTES) {
            throw new IOException(bytes.length + " bytes (expected: at most " + MAX_BYTES + ")");
        }
        Optional<X509Certificate> certificate = certificate(bytes);
        if (certificate.isPresent()) {
            PublicKey key = certificate.get().getPublicKey();
            OptionalInt subjectId = KeyIds.of(certificate.get());
            int bare = KeyIds.of(key);
            return new TrustedKey(source, key, subjectId.orElse(bare), bare, certificate);
        }
        PublicKey key = publicKey(bytes);
        return new TrustedKey(source, key, KeyIds.of(key), KeyIds.of(key), Optional.empty());
    }

    boolean hasId(int id) {
        return id == kernelId || id == keyId;
    }

    private static Optional<X509Certificate> certificate(byte[] bytes) {
        try {
            return Optional.of(
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(new ByteArrayInputStream(bytes)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static PublicKey publicKey(byte[] bytes) throws IOException {
        byte[] der = der(bytes);
        for (String algorithm : List.of("RSA", "EC")) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePublic(new X509EncodedKeySpec(der));
            } catch (GeneralSecurityException e) {
                // The next algorithm may fit.
            }
        }
        throw new IOException(
                "not a key (expected: an X.509 certificate or a public key, RSA or EC, DER or"
                        + " PEM)");
    }

    private static byte[] der(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int from = text.indexOf(BEGIN);
        int to = text.indexOf(END);
        if (from < 0 || to < from) {
            return bytes;
        }
        try {
            return Base64.getMimeDecoder().decode(text.substring(from + BEGIN.length(), to));
        } catch (IllegalArgumentException e) {
            throw new IOException("not base64 between the lines of a public key", e);
        }
    }
}
