// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import org.jspecify.annotations.Nullable;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Folds entries into the PCR values of one bank, as the TPM did; from a cold boot on.
 *
 * <p>Confined to one thread at a time. TCG PC Client Platform TPM Profile §4.6 for the initial
 * values, kernel {@code ima_pcr_extend} for what is extended.
 */
public final class Replay {
    private static final int SHA1_BYTES = 20;

    private final String bank;
    private final ReplayMode mode;
    private final HashAlgorithms algorithms;
    private final MessageDigest bankDigest;
    private final MessageDigest templateDigest;
    private final byte[] extension;
    private final byte[] @Nullable [] values = new byte[Limits.MAX_PCR + 1][];
    private long entries;

    /** At entry 0 of {@code bank}, which the JDK must know. */
    public Replay(String bank, ReplayMode mode) {
        this(bank, mode, HashAlgorithms.standard());
    }

    /** At entry 0 of {@code bank}. */
    public Replay(String bank, ReplayMode mode, HashAlgorithms algorithms) {
        this.bank = HashAlgorithms.canonical(bank);
        this.mode = mode;
        this.algorithms = algorithms;
        this.bankDigest = algorithms.digest(bank);
        this.templateDigest = mode == ReplayMode.HASH ? bankDigest : algorithms.digest("sha1");
        this.extension = new byte[bankDigest.getDigestLength()];
    }

    /** Goes on from this value of a PCR, which came from elsewhere than entries. */
    public void startFrom(int pcr, byte[] value) {
        byte[] current = current(pcr);
        if (value.length != current.length) {
            throw new IllegalArgumentException(
                    "PCR value: " + value.length + " bytes (expected: " + current.length + ")");
        }
        System.arraycopy(value, 0, current, 0, value.length);
    }

    /** Extends this entry into its PCR. */
    public void extend(Entry entry) {
        byte[] value = current(entry.pcr());
        fillExtension(entry);
        bankDigest.update(value);
        bankDigest.update(extension);
        finish(bankDigest, value);
        entries++;
    }

    /** Value of this PCR after the entries so far; a copy. */
    public byte[] value(int pcr) {
        return current(pcr).clone();
    }

    /** The same without a copy: valid until the next {@link #extend}, must not be changed. */
    public byte[] peek(int pcr) {
        return current(pcr);
    }

    /** How many entries were extended. */
    public long entries() {
        return entries;
    }

    public String bank() {
        return bank;
    }

    public ReplayMode mode() {
        return mode;
    }

    /** An independent replay that stands at the same entry. */
    public Replay copy() {
        Replay copy = new Replay(bank, mode, algorithms);
        for (int pcr = 0; pcr < values.length; pcr++) {
            byte[] value = values[pcr];
            copy.values[pcr] = value == null ? null : value.clone();
        }
        copy.entries = entries;
        return copy;
    }

    private void fillExtension(Entry entry) {
        if (mode != ReplayMode.HASH) {
            Arrays.fill(extension, (byte) 0);
        }
        if (entry.violation()) {
            int size =
                    mode == ReplayMode.PADDED_SHA1_VIOLATIONS_TOO ? SHA1_BYTES : extension.length;
            Arrays.fill(extension, 0, Math.min(size, extension.length), (byte) 0xff);
            return;
        }
        entry.updateData(templateDigest);
        finish(templateDigest, extension);
    }

    private static void finish(MessageDigest digest, byte[] target) {
        try {
            digest.digest(target, 0, digest.getDigestLength());
        } catch (DigestException e) {
            throw new IllegalStateException("digest buffer: " + target.length + " bytes", e);
        }
    }

    private byte[] current(int pcr) {
        byte[] value = values[pcr];
        if (value == null) {
            value = new byte[bankDigest.getDigestLength()];
            if (pcr >= 17 && pcr <= 22) {
                Arrays.fill(value, (byte) 0xff);
            }
            values[pcr] = value;
        }
        return value;
    }
}
