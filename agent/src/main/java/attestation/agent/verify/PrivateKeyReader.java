// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Reads the caller's own private key: PEM, PKCS#8 or the older forms, without password. */
final class PrivateKeyReader {
    private static final int MAX_PEM = 64 * 1024;
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";

    private PrivateKeyReader() {}

    static PrivateKey read(Path file) throws UndecidedException {
        try {
            String text = new String(Bounded.file(file, MAX_PEM), StandardCharsets.ISO_8859_1);
            return key(text.contains(BEGIN) ? pkcs8(text) : older(text));
        } catch (IOException e) {
            throw new UndecidedException(Bounded.unreadable("key", file, e), e);
        } catch (RefutedException | IllegalArgumentException e) {
            // The reason could quote the key: it is left out.
            throw new UndecidedException(
                    "key "
                            + Printable.text(file.toString())
                            + ": not a private key in PEM without password (expected: RSA, EC or"
                            + " Ed25519)");
        }
    }

    private static byte[] pkcs8(String text) throws RefutedException {
        int from = text.indexOf(BEGIN) + BEGIN.length();
        int to = text.indexOf(END);
        if (to < from) {
            throw new RefutedException("no last line");
        }
        return Base64.getMimeDecoder().decode(text.substring(from, to));
    }

    private static byte[] older(String text) throws IOException, RefutedException {
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object item = parser.readObject(); item != null; item = parser.readObject()) {
                if (item instanceof PEMKeyPair pair) {
                    return pair.getPrivateKeyInfo().getEncoded();
                }
                if (item instanceof PrivateKeyInfo info) {
                    return info.getEncoded();
                }
            }
        }
        throw new RefutedException("no private key");
    }

    private static PrivateKey key(byte[] der) throws RefutedException {
        for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
            Optional<PrivateKey> key = key(algorithm, der);
            if (key.isPresent()) {
                return key.get();
            }
        }
        throw new RefutedException("no kind of key that is known");
    }

    private static Optional<PrivateKey> key(String algorithm, byte[] der) {
        try {
            return Optional.of(
                    KeyFactory.getInstance(algorithm)
                            .generatePrivate(new PKCS8EncodedKeySpec(der)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }
}
