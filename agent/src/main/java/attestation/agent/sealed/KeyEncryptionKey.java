// SPDX-License-Identifier: Apache-2.0
package attestation.agent.sealed;

import attestation.agent.identity.IdentityException;
import attestation.agent.identity.StateFile;
import attestation.tpm.SealedBlob;
import attestation.tpm.Tpm;
import attestation.tpm.TpmException;
import attestation.tpm.TpmRc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/**
 * The key that only this TPM opens. Its file has three lines: format, TPMT_PUBLIC and the contents
 * of TPM2B_PRIVATE in base64.
 */
final class KeyEncryptionKey {
    static final int BYTES = 32;

    private static final String FORMAT = "attestation-agent sealed key 1";
    private static final int MAX_BYTES = 16 * 1024;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final Tpm tpm;
    private final StateFile file;
    private final SecureRandom random;

    KeyEncryptionKey(Tpm tpm, StateFile file, SecureRandom random) {
        this.tpm = tpm;
        this.file = file;
        this.random = random;
    }

    byte[] openOrMake() throws IOException, IdentityException, TpmException, InterruptedException {
        Optional<byte[]> known = open();
        return known.isPresent() ? known.get() : make();
    }

    Optional<byte[]> open()
            throws IOException, IdentityException, TpmException, InterruptedException {
        Optional<byte[]> stored = file.read(MAX_BYTES);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        SealedBlob blob = parse(stored.get());
        try {
            return Optional.of(checked(tpm.unseal(blob, TIMEOUT)));
        } catch (TpmException.CommandFailed e) {
            if (e.rc().base() == TpmRc.INTEGRITY) {
                throw SealedState.damaged(file, e);
            }
            throw e;
        }
    }

    private byte[] checked(byte[] key) throws IdentityException {
        if (key.length != BYTES) {
            throw SealedState.damaged(file, new IOException(key.length + " bytes were sealed"));
        }
        return key;
    }

    private byte[] make() throws IOException, TpmException, InterruptedException {
        byte[] key = new byte[BYTES];
        random.nextBytes(key);
        SealedBlob blob = tpm.seal(key, Optional.empty(), TIMEOUT);
        Base64.Encoder base64 = Base64.getEncoder();
        String text =
                String.join(
                        "\n",
                        FORMAT,
                        base64.encodeToString(blob.tpmtPublic()),
                        base64.encodeToString(blob.tpm2bPrivateContents()),
                        "");
        file.write(text.getBytes(StandardCharsets.US_ASCII));
        return key;
    }

    private SealedBlob parse(byte[] content) throws IdentityException {
        String[] lines = new String(content, StandardCharsets.ISO_8859_1).split("\n", -1);
        if (lines.length != 4 || !lines[0].equals(FORMAT) || !lines[3].isEmpty()) {
            throw SealedState.damaged(file, new IOException("not three lines of a sealed key"));
        }
        try {
            Base64.Decoder base64 = Base64.getDecoder();
            return new SealedBlob(
                    base64.decode(lines[1]), base64.decode(lines[2]), Optional.empty());
        } catch (IllegalArgumentException e) {
            throw SealedState.damaged(file, e);
        }
    }
}
