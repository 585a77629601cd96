// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Locale;
import java.util.Optional;

/**
 * A decoded TPMT_PUBLIC of a restricted signing key (TPM 2.0 Part 2 §12.2.4).
 *
 * @param bytes the structure as it came
 * @param nameAlg hash of the Name
 * @param scheme the only scheme the key signs with; empty where the caller of the TPM chooses
 * @param schemeHash that scheme's hash
 * @param key the key
 */
record TpmtPublic(
        byte[] bytes,
        HashAlg nameAlg,
        Optional<SigningScheme> scheme,
        Optional<HashAlg> schemeHash,
        PublicKey key) {
    private static final int TPM_ALG_RSA = 0x0001;
    private static final int TPM_ALG_ECC = 0x0023;
    private static final int TPM_ALG_NULL = 0x0010;
    private static final long FIXED_TPM = 1L << 1;
    private static final long FIXED_PARENT = 1L << 4;
    private static final long SENSITIVE_DATA_ORIGIN = 1L << 5;
    private static final long RESTRICTED = 1L << 16;
    private static final long DECRYPT = 1L << 17;
    private static final long SIGN = 1L << 18;
    private static final long MUST = FIXED_TPM | SENSITIVE_DATA_ORIGIN | RESTRICTED | SIGN;
    private static final long MUST_NOT = DECRYPT;
    private static final long DEFINED =
            MUST
                    | MUST_NOT
                    | FIXED_PARENT
                    | 1L << 2
                    | 1L << 6
                    | 1L << 7
                    | 1L << 8
                    | 1L << 10
                    | 1L << 11
                    | 1L << 19;

    /** Decodes TPM2B_PUBLIC (with its size) or TPMT_PUBLIC (without). */
    static TpmtPublic parse(byte[] bytes) throws RefutedException {
        WireReader head = new WireReader("TPM2B_PUBLIC", bytes);
        int first = head.u16("size");
        if (first == head.remaining()) {
            return area(head.bytes("publicArea", first));
        }
        return area(bytes);
    }

    /** TPM2B_PUBLIC of the same key. */
    byte[] sized() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes.length >> 8);
        out.write(bytes.length);
        out.writeBytes(bytes);
        return out.toByteArray();
    }

    /** The TPM's Name: nameAlg and the hash of the public area. */
    byte[] name() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(nameAlg.tpmId() >> 8);
        out.write(nameAlg.tpmId());
        out.writeBytes(nameAlg.hash(bytes));
        return out.toByteArray();
    }

    private static TpmtPublic area(byte[] bytes) throws RefutedException {
        WireReader in = new WireReader("TPMT_PUBLIC", bytes);
        int type = in.u16("type");
        if (type != TPM_ALG_RSA && type != TPM_ALG_ECC) {
            throw new RefutedException(
                    "TPMT_PUBLIC, type",
                    String.format(Locale.ROOT, "0x%04x", type),
                    "0x0001 RSA or 0x0023 ECC");
        }
        HashAlg nameAlg = HashAlg.ofTpmId(in.u16("nameAlg"));
        attributes(in.u32("objectAttributes"));
        in.sized("authPolicy", 64);
        nothing(in.u16("symmetric"), "symmetric");
        int schemeId = in.u16("scheme");
        boolean fixed = schemeId != TPM_ALG_NULL;
        Optional<SigningScheme> scheme =
                fixed ? Optional.of(SigningScheme.ofTpmId(schemeId)) : Optional.empty();
        Optional<HashAlg> hash =
                fixed ? Optional.of(HashAlg.ofTpmId(in.u16("scheme hash"))) : Optional.empty();
        PublicKey key = type == TPM_ALG_RSA ? rsa(in) : ecc(in);
        in.end();
        return new TpmtPublic(bytes, nameAlg, scheme, hash, key);
    }

    private static void attributes(long attributes) throws RefutedException {
        if ((attributes & MUST) != MUST
                || (attributes & MUST_NOT) != 0
                || (attributes & ~DEFINED) != 0) {
            throw new RefutedException(
                    "TPMT_PUBLIC, objectAttributes",
                    String.format(Locale.ROOT, "0x%08x", attributes),
                    "an AK: fixedTPM, sensitiveDataOrigin, restricted, sign, not decrypt");
        }
    }

    private static void nothing(int alg, String field) throws RefutedException {
        if (alg != TPM_ALG_NULL) {
            throw new RefutedException(
                    "TPMT_PUBLIC, " + field,
                    String.format(Locale.ROOT, "0x%04x", alg),
                    "0x0010 TPM_ALG_NULL");
        }
    }

    private static PublicKey rsa(WireReader in) throws RefutedException {
        int bits = in.u16("keyBits");
        long exponent = in.u32("exponent");
        byte[] modulus = in.sized("modulus", 512);
        BigInteger n = new BigInteger(1, modulus);
        if (n.bitLength() != bits || modulus.length != (bits + 7) / 8) {
            throw new RefutedException(
                    "TPMT_PUBLIC, modulus bits", n.bitLength(), bits + " as keyBits says");
        }
        BigInteger e = BigInteger.valueOf(exponent == 0 ? 65537 : exponent);
        try {
            return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(n, e));
        } catch (GeneralSecurityException bad) {
            throw new RefutedException("TPMT_PUBLIC, RSA key: " + bad.getMessage());
        }
    }

    private static PublicKey ecc(WireReader in) throws RefutedException {
        String curve = curve(in.u16("curveID"));
        nothing(in.u16("kdf"), "kdf");
        BigInteger x = new BigInteger(1, in.sized("x", 66));
        BigInteger y = new BigInteger(1, in.sized("y", 66));
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(curve));
            ECParameterSpec spec = parameters.getParameterSpec(ECParameterSpec.class);
            int field = spec.getCurve().getField().getFieldSize();
            int bits = Math.max(x.bitLength(), y.bitLength());
            if (bits > field) {
                throw new RefutedException(
                        "TPMT_PUBLIC, ECC point: bits of a coordinate", bits, "at most " + field);
            }
            return KeyFactory.getInstance("EC")
                    .generatePublic(new ECPublicKeySpec(new ECPoint(x, y), spec));
        } catch (GeneralSecurityException bad) {
            throw new RefutedException("TPMT_PUBLIC, ECC point: " + bad.getMessage());
        }
    }

    private static String curve(int id) throws RefutedException {
        return switch (id) {
            case 0x0003 -> "secp256r1";
            case 0x0004 -> "secp384r1";
            case 0x0005 -> "secp521r1";
            default ->
                    throw new RefutedException(
                            "TPMT_PUBLIC, curveID",
                            String.format(Locale.ROOT, "0x%04x", id),
                            "0x0003 P-256, 0x0004 P-384 or 0x0005 P-521");
        };
    }
}
