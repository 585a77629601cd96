// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;

/** Whether a TPMT_SIGNATURE over some bytes was made by a key, by the JDK's own cryptography. */
final class SignatureCheck {
    private static final int MIN_RSA_BITS = 2048;
    private static final int MIN_EC_BITS = 256;
    private static final BigInteger LEAST_EXPONENT = BigInteger.valueOf(65537);

    private SignatureCheck() {}

    static void verify(AttestationKey ak, TpmSignature signature, byte[] signed)
            throws RefutedException {
        allowed(ak, signature);
        boolean good =
                switch (ak.key()) {
                    case RSAPublicKey rsa -> rsa(rsa, signature, signed);
                    case ECPublicKey ec -> ecdsa(ec, signature, signed);
                    default -> throw new RefutedException("AK", ak.kind(), "RSA or ECC");
                };
        if (!good) {
            throw new RefutedException(
                    "signature " + signature + " over TPMS_ATTEST: not by the AK " + ak.label());
        }
    }

    private static void allowed(AttestationKey ak, TpmSignature signature) throws RefutedException {
        if (ak.area().isEmpty() || ak.area().get().scheme().isEmpty()) {
            return;
        }
        TpmtPublic area = ak.area().get();
        if (area.scheme().get() != signature.scheme()
                || area.schemeHash().orElseThrow() != signature.hash()) {
            throw new RefutedException(
                    "signature scheme",
                    signature,
                    area.scheme().get().text()
                            + "-"
                            + area.schemeHash().get().text()
                            + ", the AK's only one");
        }
    }

    private static boolean rsa(RSAPublicKey key, TpmSignature signature, byte[] signed)
            throws RefutedException {
        atLeast("RSA key bits", key.getModulus().bitLength(), MIN_RSA_BITS);
        exponent(key.getPublicExponent());
        int size = (key.getModulus().bitLength() + 7) / 8;
        if (signature.first().length != size) {
            throw new RefutedException(
                    "RSA signature bytes", signature.first().length, Integer.toString(size));
        }
        HashAlg hash = signature.hash();
        return switch (signature.scheme()) {
            case RSASSA ->
                    verified(key, jca(hash.name() + "withRSA", null), signed, signature.first());
            // A TPM takes the longest salt that fits, one in FIPS mode a salt as long as the hash.
            case RSAPSS ->
                    pss(key, signature, signed, size - hash.size() - 2)
                            || pss(key, signature, signed, hash.size());
            case ECDSA -> throw new RefutedException("signature scheme", "ecdsa", "an RSA one");
        };
    }

    private static boolean pss(RSAPublicKey key, TpmSignature signature, byte[] signed, int salt)
            throws RefutedException {
        String hash = signature.hash().jcaName();
        PSSParameterSpec spec =
                new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt, 1);
        return verified(key, jca("RSASSA-PSS", spec), signed, signature.first());
    }

    private static boolean ecdsa(ECPublicKey key, TpmSignature signature, byte[] signed)
            throws RefutedException {
        if (signature.scheme() != SigningScheme.ECDSA) {
            throw new RefutedException("signature scheme", signature.scheme().text(), "ecdsa");
        }
        int bits = key.getParams().getCurve().getField().getFieldSize();
        atLeast("ECC key bits", bits, MIN_EC_BITS);
        int size = (bits + 7) / 8;
        byte[] both = Arrays.copyOf(padded("r", signature.first(), size), 2 * size);
        System.arraycopy(padded("s", signature.second(), size), 0, both, size, size);
        String name = signature.hash().name() + "withECDSAinP1363Format";
        return verified(key, jca(name, null), signed, both);
    }

    private static byte[] padded(String field, byte[] value, int size) throws RefutedException {
        if (value.length < 1 || value.length > size || new BigInteger(1, value).signum() == 0) {
            throw new RefutedException(
                    "ECDSA " + field + " bytes", value.length, "1.." + size + ", not zero");
        }
        byte[] padded = new byte[size];
        System.arraycopy(value, 0, padded, size - value.length, value.length);
        return padded;
    }

    /** A TPM's is 65537, or another prime beyond 2^16 that fits 32 bits (Part 2 §12.2.3.5). */
    private static void exponent(BigInteger e) throws RefutedException {
        if (e.compareTo(LEAST_EXPONENT) < 0 || e.bitLength() > Integer.SIZE || !e.testBit(0)) {
            throw new RefutedException(
                    "RSA exponent",
                    e.bitLength() > Long.SIZE ? e.bitLength() + " bits" : e,
                    "an odd number of 65537 to 2^32");
        }
    }

    private static void atLeast(String what, int bits, int least) throws RefutedException {
        if (bits < least) {
            throw new RefutedException(what, bits, "at least " + least);
        }
    }

    private static Signature jca(
            String name, @org.jspecify.annotations.Nullable PSSParameterSpec spec) {
        try {
            Signature signature = Signature.getInstance(name);
            if (spec != null) {
                signature.setParameter(spec);
            }
            return signature;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks " + name, e);
        }
    }

    private static boolean verified(
            PublicKey key, Signature verifier, byte[] signed, byte[] signature) {
        try {
            verifier.initVerify(key);
            verifier.update(signed);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            // What the JDK cannot even decode is not a signature.
            return false;
        }
    }
}
