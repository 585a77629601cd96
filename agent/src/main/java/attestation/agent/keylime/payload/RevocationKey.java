// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.Optional;

/**
 * The key that signs revocation messages: RSA-PSS, SHA-256, salt of the largest possible length.
 */
record RevocationKey(RSAPublicKey key) {
    private static final int MAX_BYTES = 64 * 1024;
    private static final int HASH_BYTES = 32;
    private static final int PSS_OVERHEAD_BYTES = 2;

    /** The key of the certificate file; empty while there is no such file. */
    static Optional<RevocationKey> load(Path certificate) throws PayloadException {
        try (var in = Files.newInputStream(certificate)) {
            byte[] bytes = in.readNBytes(MAX_BYTES);
            PublicKey key =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new java.io.ByteArrayInputStream(bytes))
                            .getPublicKey();
            if (key instanceof RSAPublicKey rsa) {
                return Optional.of(new RevocationKey(rsa));
            }
            throw new PayloadException(
                    "revocation_cert: %s has a %s key (expected: RSA)"
                            .formatted(certificate, key.getAlgorithm()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | GeneralSecurityException e) {
            throw new PayloadException(
                    "revocation_cert: %s - %s".formatted(certificate, e.getMessage()), e);
        }
    }

    boolean signed(String message, String base64Signature) {
        try {
            var verifier = Signature.getInstance("RSASSA-PSS");
            verifier.setParameter(
                    new PSSParameterSpec(
                            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, saltBytes(), 1));
            verifier.initVerify(key);
            verifier.update(message.getBytes(StandardCharsets.UTF_8));
            return verifier.verify(Base64.getDecoder().decode(base64Signature));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false; // not even the form of a signature
        }
    }

    private int saltBytes() {
        int encodedBytes = (key.getModulus().bitLength() - 1 + 7) / 8;
        return encodedBytes - HASH_BYTES - PSS_OVERHEAD_BYTES;
    }
}
