// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;
import attestation.tpm.TpmException.BadResponse;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

import javax.crypto.Cipher;

/**
 * An HMAC session with SHA-256 and AES-128-CFB (Part 1 §19): proves knowledge of an authorization
 * value without sending it, and encrypts the first parameter where asked.
 *
 * <p>Every answer's HMAC is checked before its parameters are used.
 */
final class HmacSession implements Authorization {
    static final HashAlgorithm HASH = HashAlgorithm.SHA256;
    private static final int DECRYPT = 0x20;
    private static final int ENCRYPT = 0x40;
    private static final int KEY_AND_IV_BITS = 256;

    private final int handle;
    private final byte[] sessionKey;
    private final SecureRandom random;
    private byte[] auth = {};
    private boolean decrypt;
    private boolean encrypt;
    private byte[] nonceCaller = {};
    private byte[] nonceTpm;

    HmacSession(int handle, byte[] sessionKey, byte[] nonceTpm, SecureRandom random) {
        this.handle = handle;
        this.sessionKey = sessionKey;
        this.nonceTpm = nonceTpm;
        this.random = random;
    }

    /**
     * The authorization value of the object the session stands for; empty when it only encrypts.
     */
    HmacSession auth(byte[] value) {
        auth = value.clone();
        return this;
    }

    /** Encrypts the first parameter on its way to the TPM, or on its way back, or both. */
    HmacSession encrypting(boolean toTpm, boolean fromTpm) {
        decrypt = toTpm;
        encrypt = fromTpm;
        return this;
    }

    int handle() {
        return handle;
    }

    byte[] nonceCaller() {
        return nonceCaller;
    }

    int attributes() {
        return AuthArea.CONTINUE_SESSION | (decrypt ? DECRYPT : 0) | (encrypt ? ENCRYPT : 0);
    }

    /** Rolls the caller's nonce and encrypts the first parameter when asked to. */
    byte[] prepare(Command command, byte[] parameters) {
        nonceCaller = new byte[HASH.size()];
        random.nextBytes(nonceCaller);
        if (!decrypt) {
            return parameters;
        }
        return crypt(Cipher.ENCRYPT_MODE, command, parameters, nonceCaller, nonceTpm);
    }

    /** HMAC of the command (Part 1 §19.6.3). */
    byte[] commandHmac(Command command, byte[] parameters, int index) throws TpmException {
        MessageDigest cp = HASH.newDigest();
        cp.update(ByteBuffer.allocate(4).putInt(command.code()).array());
        command.handles().forEach(ref -> cp.update(ref.name()));
        cp.update(parameters);
        byte[] others = index == 0 ? othersNonces(command) : new byte[0];
        return Kdf.hmac(
                HASH, key(), cp.digest(), nonceCaller, nonceTpm, others, attribute(attributes()));
    }

    /** Nonces of other sessions that encrypt go into the first session's HMAC. */
    private byte[] othersNonces(Command command) {
        ByteArrayOutputStream nonces = new ByteArrayOutputStream();
        for (Authorization other : command.auths()) {
            if (other instanceof HmacSession s && s != this && (s.decrypt || s.encrypt)) {
                nonces.writeBytes(s.nonceTpm);
            }
        }
        return nonces.toByteArray();
    }

    /** Checks the TPM's answer and decrypts what this session encrypts. */
    byte[] answer(
            Command command, byte[] wire, byte[] plain, byte[] nonce, int attributes, byte[] hmac)
            throws TpmException {
        MessageDigest rp = HASH.newDigest();
        rp.update(ByteBuffer.allocate(8).putInt(0).putInt(command.code()).array());
        rp.update(wire);
        byte[] expected =
                Kdf.hmac(HASH, key(), rp.digest(), nonce, nonceCaller, attribute(attributes));
        if (!MessageDigest.isEqual(expected, hmac)) {
            throw new BadResponse(
                    command.what()
                            + ": the answer's HMAC is wrong - something between TPM and host"
                            + " changed it");
        }
        nonceTpm = nonce;
        return encrypt ? crypt(Cipher.DECRYPT_MODE, command, plain, nonceTpm, nonceCaller) : plain;
    }

    /** AES-CFB over the contents of the first parameter, a TPM2B (Part 1 §21.3). */
    private byte[] crypt(int mode, Command command, byte[] parameters, byte[] newer, byte[] older) {
        int size = parameters.length < 2 ? -1 : ByteBuffer.wrap(parameters).getShort() & 0xffff;
        if (size < 0 || size > parameters.length - 2) {
            throw new IllegalArgumentException(command.what() + ": first parameter is no TPM2B");
        }
        byte[] keyAndIv = Kdf.kdfA(HASH, key(), "CFB", newer, older, KEY_AND_IV_BITS);
        byte[] content = Kdf.cfb(mode, keyAndIv, Arrays.copyOfRange(parameters, 2, 2 + size));
        byte[] changed = parameters.clone();
        System.arraycopy(content, 0, changed, 2, size);
        return changed;
    }

    private byte[] key() {
        byte[] key = Arrays.copyOf(sessionKey, sessionKey.length + auth.length);
        System.arraycopy(auth, 0, key, sessionKey.length, auth.length);
        return key;
    }

    private static byte[] attribute(int attributes) {
        return new byte[] {(byte) attributes};
    }
}
