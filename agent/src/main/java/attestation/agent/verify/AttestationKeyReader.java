// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Reads an AK in any form it is handed around in: PEM public key, PEM certificate, TPM2B_PUBLIC or
 * TPMT_PUBLIC, binary or base64.
 */
final class AttestationKeyReader {
    private static final int MAX_BYTES = 64 * 1024;

    private AttestationKeyReader() {}

    /**
     * The AK in {@code file}.
     *
     * @throws UndecidedException when there is none: without a key there is nothing to trust
     */
    static AttestationKey read(Path file) throws UndecidedException {
        try {
            return decode(Bounded.file(file, MAX_BYTES));
        } catch (RefutedException e) {
            throw new UndecidedException(
                    "AK "
                            + Printable.text(file.toString())
                            + ": "
                            + e.getMessage()
                            + "; give a PEM public key, a certificate or a TPM2B_PUBLIC");
        } catch (IOException e) {
            throw new UndecidedException(Bounded.unreadable("AK", file, e), e);
        }
    }

    static AttestationKey decode(byte[] bytes) throws RefutedException {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.startsWith("-----BEGIN CERTIFICATE-----")) {
            return new AttestationKey(certificate(bytes), Optional.empty());
        }
        if (text.startsWith("-----BEGIN PUBLIC KEY-----")) {
            return new AttestationKey(spki(pemBody(text)), Optional.empty());
        }
        if (text.startsWith("ARg") || text.startsWith("AFg") || text.matches("[A-Za-z0-9+/=]+\n")) {
            return area(Canonical.base64("TPM2B_PUBLIC", text.strip()));
        }
        return area(bytes);
    }

    /** A PEM public key that is spelled exactly as {@link Canonical#pem} would. */
    static AttestationKey decodeCanonicalPem(byte[] bytes) throws RefutedException {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!text.startsWith("-----BEGIN PUBLIC KEY-----")) {
            throw new RefutedException("AK: not a PEM public key");
        }
        AttestationKey ak = decode(bytes);
        if (!Arrays.equals(bytes, pem(ak))) {
            throw new RefutedException(
                    "AK: PEM with a spelling of its own (expected: 64 columns, final newline)");
        }
        return ak;
    }

    static byte[] pem(AttestationKey ak) {
        return Canonical.pem("PUBLIC KEY", ak.key().getEncoded())
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static AttestationKey area(byte[] bytes) throws RefutedException {
        TpmtPublic area = TpmtPublic.parse(bytes);
        return new AttestationKey(area.key(), Optional.of(area));
    }

    private static byte[] pemBody(String text) throws RefutedException {
        int from = text.indexOf('\n');
        int to = text.indexOf("-----END PUBLIC KEY-----");
        if (from < 0 || to < from) {
            throw new RefutedException("AK: PEM without its last line");
        }
        try {
            return Base64.getMimeDecoder().decode(text.substring(from, to));
        } catch (IllegalArgumentException e) {
            throw new RefutedException(
                    "AK: PEM: " + Printable.text(String.valueOf(e.getMessage())));
        }
    }

    private static PublicKey spki(byte[] der) throws RefutedException {
        for (String algorithm : List.of("RSA", "EC")) {
            Optional<PublicKey> key = spki(algorithm, der);
            if (key.isPresent()) {
                return key.get();
            }
        }
        throw new RefutedException("AK: not a SubjectPublicKeyInfo of an RSA or NIST P key");
    }

    /** Empty when it is no key of this kind, or spelled in a way of its own. */
    private static Optional<PublicKey> spki(String algorithm, byte[] der) {
        try {
            PublicKey key =
                    KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
            return Arrays.equals(key.getEncoded(), der) ? Optional.of(key) : Optional.empty();
        } catch (InvalidKeySpecException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks " + algorithm, e);
        }
    }

    private static PublicKey certificate(byte[] pem) throws RefutedException {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem))
                    .getPublicKey();
        } catch (GeneralSecurityException e) {
            throw new RefutedException(
                    "AK: certificate: " + Printable.text(String.valueOf(e.getMessage())));
        }
    }
}
