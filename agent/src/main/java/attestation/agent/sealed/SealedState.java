// SPDX-License-Identifier: Apache-2.0
package attestation.agent.sealed;

import attestation.agent.identity.IdentityException;
import attestation.agent.identity.StateDirectory;
import attestation.agent.identity.StateFile;
import attestation.tpm.Tpm;
import attestation.tpm.TpmException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/**
 * Files of the state directory, encrypted by a Tink keyset (AES-256-GCM) which itself is encrypted
 * under a key that is sealed to this TPM. No PCR is part of the seal: an update of the firmware
 * must not cost what is kept here.
 *
 * <p>Blocks for the TPM; for one thread at a time. Nothing is ever replaced: what cannot be opened
 * is named and stays.
 */
public final class SealedState {
    private static final String FOLDER = "sealed";
    private static final int MAX_BYTES = 64 * 1024;
    private static final String LOST =
            "with another TPM or a cleared one it is lost: remove the folder to begin anew; a new"
                    + " payload key needs no new enrolment";

    private final Tpm tpm;
    private final StateDirectory state;
    private final SecureRandom random;

    public SealedState(Tpm tpm, StateDirectory state, SecureRandom random) {
        this.tpm = tpm;
        this.state = state;
        this.random = random;
    }

    /** Whether something is kept under this name; asks no TPM. */
    public static boolean holds(StateDirectory state, String name) {
        return file(state, name).exists();
    }

    /** Where that would be. */
    public static StateFile file(StateDirectory state, String name) {
        return state.file(FOLDER + "/" + name);
    }

    /**
     * What is kept under this name; empty when nothing is.
     *
     * @throws IdentityException when it is damaged, or belongs to another TPM
     */
    public Optional<byte[]> read(String name)
            throws IOException, IdentityException, TpmException, InterruptedException {
        StateFile file = file(state, name);
        Optional<byte[]> encrypted = file.read(MAX_BYTES);
        if (encrypted.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(keyset().decrypt(encrypted.get(), label(name)));
        } catch (GeneralSecurityException e) {
            throw damaged(file, e);
        }
    }

    /** Keeps it under this name, and makes sure that it can be had again before it returns. */
    public void write(String name, byte[] content)
            throws IOException, IdentityException, TpmException, InterruptedException {
        makeFolder();
        StateFile file = file(state, name);
        try {
            file.write(keyset().encrypt(content, label(name)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM fails to encrypt", e);
        }
        if (!Arrays.equals(content, read(name).orElseThrow())) {
            throw new IOException(file + ": not what was just written");
        }
    }

    /** Removes what is kept under this name. */
    public void remove(String name) throws IOException {
        Files.deleteIfExists(file(state, name).path());
    }

    /** The keyset, opened by the TPM; the first call ever makes it. */
    private Keyset keyset()
            throws IOException, IdentityException, TpmException, InterruptedException {
        StateFile stored = file(state, "keyset");
        KeyEncryptionKey sealing = new KeyEncryptionKey(tpm, file(state, "kek"), random);
        Optional<byte[]> encrypted = stored.read(MAX_BYTES);
        byte[] kek = encrypted.isPresent() ? opened(sealing, stored) : sealing.openOrMake();
        try {
            if (encrypted.isPresent()) {
                return Keyset.open(encrypted.get(), kek);
            }
            Keyset fresh = Keyset.make();
            stored.write(fresh.encrypted(kek));
            return fresh;
        } catch (GeneralSecurityException e) {
            throw damaged(stored, e);
        } finally {
            Arrays.fill(kek, (byte) 0);
        }
    }

    private static byte[] opened(KeyEncryptionKey sealing, StateFile keyset)
            throws IOException, IdentityException, TpmException, InterruptedException {
        return sealing.open()
                .orElseThrow(
                        () ->
                                new IdentityException(
                                        keyset
                                                + ": its key is missing beside it - restore it; "
                                                + LOST));
    }

    private void makeFolder() throws IOException {
        Path folder = state.path().resolve(FOLDER);
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
    }

    static IdentityException damaged(StateFile file, Exception cause) {
        return new IdentityException(
                "%s: cannot be opened, %s (expected: what this agent sealed with this TPM) - restore it from a backup; %s"
                        .formatted(file, cause.getMessage(), LOST),
                cause);
    }

    /** Bound to its name: one file does not pass for another. */
    private static byte[] label(String name) {
        return ("attestation-agent " + name).getBytes(StandardCharsets.US_ASCII);
    }
}
