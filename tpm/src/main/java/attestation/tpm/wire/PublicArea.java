// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.wire;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;
import attestation.tpm.TpmException.BadResponse;
import attestation.tpm.TpmException.Unsupported;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A TPMT_PUBLIC (Part 2 §12.2.4) of an RSA, ECC or keyed-hash object.
 *
 * @param bytes exactly as they came
 * @param type TPM_ALG_ID of the object
 * @param nameAlg TPM_ALG_ID of the Name's hash
 * @param attributes TPMA_OBJECT
 * @param policy authPolicy
 * @param symmetricBits key bits of the symmetric cipher, 0 when it is TPM_ALG_NULL
 * @param scheme TPM_ALG_ID of the signing scheme, TPM_ALG_NULL for none
 * @param schemeHash TPM_ALG_ID of the scheme's hash, 0 for none
 * @param key what is unique to the object
 */
public record PublicArea(
        byte[] bytes,
        int type,
        int nameAlg,
        int attributes,
        byte[] policy,
        int symmetricBits,
        int scheme,
        int schemeHash,
        Key key) {
    public static final int ALG_RSA = 0x0001;
    public static final int ALG_KEYEDHASH = 0x0008;
    public static final int ALG_NULL = 0x0010;
    public static final int ALG_ECC = 0x0023;

    private static final int MAX_DIGEST = 64;
    private static final int MAX_RSA = 512;
    private static final int MAX_FIELD = 80;

    /** The unique part with what is needed to use it. */
    public sealed interface Key {
        /** Exponent 0 has been read as 65537. */
        record Rsa(int bits, long exponent, byte[] modulus) implements Key {}

        /** Coordinates as they came, perhaps shorter than the field. */
        record Ecc(int curveId, byte[] x, byte[] y) implements Key {}

        /** A sealed object. */
        record KeyedHash(byte[] digest) implements Key {}

        /** Whether kind and size, or curve, are the same. */
        default boolean sameSize(Key that) {
            return switch (this) {
                case Rsa rsa -> that instanceof Rsa r && r.bits == rsa.bits;
                case Ecc ecc -> that instanceof Ecc e && e.curveId == ecc.curveId;
                case KeyedHash _ -> that instanceof KeyedHash;
            };
        }
    }

    /** Decodes exactly these bytes. */
    public static PublicArea parse(byte[] bytes) throws BadResponse {
        TpmReader in = new TpmReader("TPMT_PUBLIC", bytes);
        int type = in.u16();
        int nameAlg = in.u16();
        int attributes = in.i32();
        byte[] policy = in.sized(MAX_DIGEST);
        Parameters p = new Parameters();
        Key key =
                switch (type) {
                    case ALG_RSA -> rsa(in, p);
                    case ALG_ECC -> ecc(in, p);
                    case ALG_KEYEDHASH -> keyedHash(in, p);
                    default -> throw in.bad("type 0x" + Integer.toHexString(type));
                };
        in.end();
        return new PublicArea(
                bytes.clone(),
                type,
                nameAlg,
                attributes,
                policy,
                p.symmetricBits,
                p.scheme,
                p.schemeHash,
                key);
    }

    /** Reads a TPM2B_PUBLIC; its size must be exact. */
    public static PublicArea parseSized(TpmReader in) throws BadResponse {
        return parse(in.sized());
    }

    /** Name: nameAlg and the hash of the area by it (Part 1 §16). */
    public byte[] name() throws TpmException {
        HashAlgorithm hash = nameHash();
        return concat(
                new byte[] {(byte) (nameAlg >> 8), (byte) nameAlg}, hash.newDigest().digest(bytes));
    }

    /** Whether a TPM may make the one from the other: all but what is unique is the same. */
    public boolean sameTemplate(PublicArea that) {
        return type == that.type
                && nameAlg == that.nameAlg
                && attributes == that.attributes
                && Arrays.equals(policy, that.policy)
                && symmetricBits == that.symmetricBits
                && scheme == that.scheme
                && schemeHash == that.schemeHash
                && key.sameSize(that.key);
    }

    /** The hash that names the object. */
    public HashAlgorithm nameHash() throws Unsupported {
        return HashAlgorithm.ofTpmId(nameAlg)
                .orElseThrow(() -> new Unsupported("name hash 0x" + Integer.toHexString(nameAlg)));
    }

    /** TPM2B_PUBLIC: the same with its size before it. */
    public byte[] sized() {
        return concat(new byte[] {(byte) (bytes.length >> 8), (byte) bytes.length}, bytes);
    }

    /** DER SubjectPublicKeyInfo; empty for what is no key of a kind known here, or a template. */
    public Optional<byte[]> subjectPublicKeyInfo() {
        return switch (key) {
            case Key.Rsa rsa ->
                    rsa.modulus.length == 0 ? Optional.empty() : Optional.of(rsaInfo(rsa));
            case Key.Ecc ecc -> eccInfo(ecc);
            case Key.KeyedHash _ -> Optional.empty();
        };
    }

    /** Bytes of a coordinate on the curve; 0 for an unknown one. */
    public static int fieldBytes(int curveId) {
        return switch (curveId) {
            case 0x0003 -> 32;
            case 0x0004 -> 48;
            case 0x0005 -> 66;
            default -> 0;
        };
    }

    private static byte[] rsaInfo(Key.Rsa rsa) {
        byte[] exponent = new byte[4];
        for (int i = 0; i < 4; i++) {
            exponent[i] = (byte) (rsa.exponent >> (24 - 8 * i));
        }
        byte[] key = Der.sequence(Der.integer(rsa.modulus), Der.integer(exponent));
        return Der.sequence(Der.tagged(0x30, Der.RSA_ENCRYPTION), Der.bitString(key));
    }

    private static Optional<byte[]> eccInfo(Key.Ecc ecc) {
        int size = fieldBytes(ecc.curveId);
        boolean empty = ecc.x.length == 0 || ecc.y.length == 0;
        if (size == 0 || empty || ecc.x.length > size || ecc.y.length > size) {
            return Optional.empty();
        }
        byte[] oid =
                HexFormat.of()
                        .parseHex(
                                switch (ecc.curveId) {
                                    case 0x0003 -> "06082a8648ce3d030107";
                                    case 0x0004 -> "06052b81040022";
                                    default -> "06052b81040023";
                                });
        byte[] point = new byte[1 + 2 * size];
        point[0] = 4;
        System.arraycopy(ecc.x, 0, point, 1 + size - ecc.x.length, ecc.x.length);
        System.arraycopy(ecc.y, 0, point, 1 + 2 * size - ecc.y.length, ecc.y.length);
        return Optional.of(
                Der.sequence(Der.sequence(Der.EC_PUBLIC_KEY, oid), Der.bitString(point)));
    }

    private static Key rsa(TpmReader in, Parameters p) throws BadResponse {
        p.symmetric(in);
        p.scheme(in);
        int bits = in.u16();
        long exponent = in.u32();
        byte[] modulus = in.sized(MAX_RSA);
        return new Key.Rsa(bits, exponent == 0 ? 65537 : exponent, modulus);
    }

    private static Key ecc(TpmReader in, Parameters p) throws BadResponse {
        p.symmetric(in);
        p.scheme(in);
        int curve = in.u16();
        if (in.u16() != ALG_NULL) {
            in.u16(); // the hash of the key derivation
        }
        return new Key.Ecc(curve, in.sized(MAX_FIELD), in.sized(MAX_FIELD));
    }

    private static Key keyedHash(TpmReader in, Parameters p) throws BadResponse {
        p.scheme = in.u16();
        if (p.scheme != ALG_NULL) {
            throw in.bad("keyed-hash scheme 0x" + Integer.toHexString(p.scheme));
        }
        return new Key.KeyedHash(in.sized(MAX_DIGEST));
    }

    private static byte[] concat(byte[] a, byte[] b) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(a.length + b.length);
        out.writeBytes(a);
        out.writeBytes(b);
        return out.toByteArray();
    }

    /** What RSA and ECC parameters have in common, as it is read. */
    private static final class Parameters {
        private static final int ALG_ECDAA = 0x001a;
        private static final int ALG_RSAES = 0x0015;
        private int symmetricBits;
        private int scheme = ALG_NULL;
        private int schemeHash;

        void symmetric(TpmReader in) throws BadResponse {
            if (in.u16() != ALG_NULL) {
                symmetricBits = in.u16();
                in.u16(); // mode
            }
        }

        void scheme(TpmReader in) throws BadResponse {
            scheme = in.u16();
            if (scheme != ALG_NULL && scheme != ALG_RSAES) {
                schemeHash = in.u16();
            }
            if (scheme == ALG_ECDAA) {
                in.u16(); // the counter
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublicArea that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
