// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.OptionalInt;

/** The four bytes by which signatures name their key. */
public final class KeyIds {
    private static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";

    private KeyIds() {}

    /** Of a bare key: the end of SHA-1 over the content of its BIT STRING. */
    public static int of(PublicKey key) {
        return ofSubjectPublicKeyInfo(key.getEncoded());
    }

    /** The same from the key's SubjectPublicKeyInfo in DER. */
    public static int ofSubjectPublicKeyInfo(byte[] der) {
        try {
            byte[] sha1 = MessageDigest.getInstance("SHA-1").digest(bitString(der));
            return tail(sha1);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of a certificate with a subject key identifier: the end of that, as the kernel takes it. */
    static OptionalInt of(X509Certificate certificate) {
        byte[] octets = certificate.getExtensionValue(SUBJECT_KEY_IDENTIFIER);
        return octets == null || octets.length < 8
                ? OptionalInt.empty()
                : OptionalInt.of(tail(octets));
    }

    /** As {@code evmctl} prints it. */
    public static String text(int keyId) {
        return String.format("%08x", keyId);
    }

    private static int tail(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getInt(bytes.length - 4);
    }

    private static byte[] bitString(byte[] der) {
        Der outer = new Der(der).enter(Der.SEQUENCE);
        outer.skip(Der.SEQUENCE);
        byte[] bits = outer.content(Der.BIT_STRING);
        return java.util.Arrays.copyOfRange(bits, 1, bits.length);
    }
}
