// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** What {@code security.ima} or {@code security.evm} of a file holds. */
public sealed interface SecurityXattr {
    /** Most bytes an extended attribute has, XATTR_SIZE_MAX. */
    int MAX_BYTES = 65536;

    /**
     * The file's digest, signed by nobody; types 0x01 and 0x04.
     *
     * @param hash the algorithm; of type 0x01 told by its length
     */
    record Digest(KernelHash hash, byte[] bytes) implements SecurityXattr {}

    /** HMAC-SHA1 of the metadata under a key that only the kernel has; type 0x02. */
    record Hmac(byte[] bytes) implements SecurityXattr {}

    /**
     * A signature; types 0x03, 0x05 and 0x06.
     *
     * @param version 2: over the digest; 3: over the hash of type, algorithm and digest
     * @param keyId last four bytes of the key's subject key identifier: a hint, never proof
     */
    record Signed(Kind kind, int version, KernelHash hash, int keyId, byte[] signature)
            implements SecurityXattr {
        /** The attribute as the kernel reads it. */
        public byte[] toBytes() {
            return ByteBuffer.allocate(HEADER_BYTES + signature.length)
                    .put((byte) kind.type)
                    .put((byte) version)
                    .put((byte) hash.id())
                    .putInt(keyId)
                    .putShort((short) signature.length)
                    .put(signature)
                    .array();
        }
    }

    /** What a signature is over. */
    enum Kind {
        /** 0x03: the file's content, or in security.evm the metadata with the inode. */
        PLAIN(3),
        /** 0x05: the file's metadata without what differs between hosts. */
        PORTABLE(5),
        /** 0x06: the file's fs-verity digest. */
        VERITY(6);

        final int type;

        Kind(int type) {
            this.type = type;
        }
    }

    /** type, version, hash, key id, length of the signature. */
    int HEADER_BYTES = 9;

    /** The attribute is not what the kernel would accept. */
    final class MalformedException extends IOException {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    /**
     * Reads an attribute's bytes, strictly: every length must be exact.
     *
     * @throws MalformedException naming the byte that is wrong
     */
    static SecurityXattr parse(byte[] value) throws MalformedException {
        if (value.length < 2 || value.length > MAX_BYTES) {
            throw new MalformedException(value.length + " bytes (expected: 2..65536)");
        }
        return switch (value[0]) {
            case 1 -> legacyDigest(value);
            case 2 -> hmac(value);
            case 3 -> signed(value, Kind.PLAIN);
            case 4 -> digest(value);
            case 5 -> signed(value, Kind.PORTABLE);
            case 6 -> signed(value, Kind.VERITY);
            default ->
                    throw new MalformedException(
                            "type 0x"
                                    + HexFormat.of().toHexDigits(value[0])
                                    + " (expected: 0x01..0x06)");
        };
    }

    private static Digest legacyDigest(byte[] value) throws MalformedException {
        return switch (value.length - 1) {
            case 16 -> new Digest(KernelHash.MD5, rest(value, 1));
            case 20 -> new Digest(KernelHash.SHA1, rest(value, 1));
            default ->
                    throw new MalformedException(
                            "digest of type 0x01: "
                                    + (value.length - 1)
                                    + " bytes (expected: 16 or 20)");
        };
    }

    private static Hmac hmac(byte[] value) throws MalformedException {
        if (value.length != 21) {
            throw new MalformedException(
                    "HMAC: " + (value.length - 1) + " bytes (expected: 20, SHA-1)");
        }
        return new Hmac(rest(value, 1));
    }

    private static Digest digest(byte[] value) throws MalformedException {
        KernelHash hash = hash(value[1]);
        if (value.length - 2 != hash.bytes()) {
            throw new MalformedException(
                    hash.kernelName()
                            + " digest: "
                            + (value.length - 2)
                            + " bytes (expected: "
                            + hash.bytes()
                            + ")");
        }
        return new Digest(hash, rest(value, 2));
    }

    private static Signed signed(byte[] value, Kind kind) throws MalformedException {
        if (value.length <= HEADER_BYTES) {
            throw new MalformedException(
                    "signature: " + value.length + " bytes (expected: more than 9)");
        }
        int version = value[1];
        if (version != 2 && version != 3) {
            throw new MalformedException(
                    "signature version " + (version & 0xff) + " (expected: 2 or 3)");
        }
        if (kind == Kind.VERITY && version != 3) {
            throw new MalformedException("fs-verity signature version 2 (expected: 3)");
        }
        KernelHash hash = hash(value[2]);
        ByteBuffer in = ByteBuffer.wrap(value);
        int length = in.getShort(7) & 0xffff;
        if (length != value.length - HEADER_BYTES) {
            throw new MalformedException(
                    "signature length "
                            + length
                            + " (expected: "
                            + (value.length - HEADER_BYTES)
                            + ", the rest of the attribute)");
        }
        return new Signed(kind, version, hash, in.getInt(3), rest(value, HEADER_BYTES));
    }

    private static KernelHash hash(byte id) throws MalformedException {
        return KernelHash.ofId(id & 0xff)
                .orElseThrow(
                        () ->
                                new MalformedException(
                                        "hash algorithm " + (id & 0xff) + " (expected: 0..22)"));
    }

    private static byte[] rest(byte[] value, int from) {
        return java.util.Arrays.copyOfRange(value, from, value.length);
    }
}
