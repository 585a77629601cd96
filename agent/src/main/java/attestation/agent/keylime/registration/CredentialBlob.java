// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import java.nio.ByteBuffer;

/**
 * The registrar's challenge in the form of tpm2-tools' {@code makecredential}: magic, version,
 * TPM2B_ID_OBJECT, TPM2B_ENCRYPTED_SECRET and nothing after them.
 */
record CredentialBlob(byte[] idObject, byte[] encryptedSecret) {
    private static final int MAGIC = 0xBADCC0DE;
    private static final int VERSION = 1;
    private static final int HEAD_BYTES = 8;

    /** Largest of both: a digest and a wrapped secret; an RSA 4096 seed. */
    private static final int MAX_PART_BYTES = 1024;

    /**
     * Cuts the blob.
     *
     * @throws RegistrarException naming what is wrong, when it is anything but such a blob
     */
    static CredentialBlob parse(byte[] blob) throws RegistrarException {
        var in = ByteBuffer.wrap(blob);
        if (in.remaining() < HEAD_BYTES || in.getInt() != MAGIC) {
            throw bad("no magic", "badcc0de");
        }
        int version = in.getInt();
        if (version != VERSION) {
            throw bad("version " + Integer.toUnsignedString(version), "1");
        }
        byte[] idObject = sized(in, "ID object");
        byte[] secret = sized(in, "encrypted secret");
        if (in.hasRemaining()) {
            throw bad(in.remaining() + " bytes after the secret", "none");
        }
        return new CredentialBlob(idObject, secret);
    }

    /** A TPM2B with its size, checked against what is really there. */
    private static byte[] sized(ByteBuffer in, String what) throws RegistrarException {
        int start = in.position();
        if (in.remaining() < Short.BYTES) {
            throw bad(what + " is missing", "its size");
        }
        int size = Short.toUnsignedInt(in.getShort());
        if (size == 0 || size > MAX_PART_BYTES || size > in.remaining()) {
            throw bad(
                    "%s of %d bytes, %d left".formatted(what, size, in.remaining()),
                    "1 to " + MAX_PART_BYTES);
        }
        var part = new byte[Short.BYTES + size];
        in.position(start).get(part);
        return part;
    }

    private static RegistrarException bad(String found, String expected) {
        return RegistrarException.garbled(
                "credential blob: %s (expected: %s)".formatted(found, expected));
    }
}
