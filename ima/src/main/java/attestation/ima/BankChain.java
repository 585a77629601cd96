// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** The PCRs of one bank, extended with template hashes that were computed elsewhere. */
final class BankChain {
    private final String bank;
    private final ReplayMode mode;
    private final int size;
    private final MessageDigest digest;
    private final byte[][] values = new byte[Limits.MAX_PCR + 1][];
    private final boolean[] extended = new boolean[Limits.MAX_PCR + 1];
    private final byte[][] expected = new byte[Limits.MAX_PCR + 1][];
    private final long[] lastAgreed = new long[Limits.MAX_PCR + 1];
    private final byte[] violation;

    BankChain(
            String bank,
            ReplayMode mode,
            HashAlgorithms algorithms,
            Map<Integer, byte[]> expected) {
        this.bank = bank;
        this.mode = mode;
        this.digest = algorithms.digest(bank);
        this.size = digest.getDigestLength();
        Replay start = new Replay(bank, mode, algorithms);
        for (int pcr = 0; pcr <= Limits.MAX_PCR; pcr++) {
            values[pcr] = start.value(pcr);
            this.expected[pcr] = expected.getOrDefault(pcr, new byte[0]);
            lastAgreed[pcr] = Arrays.equals(values[pcr], this.expected[pcr]) ? 0 : -1;
        }
        this.violation = new byte[size];
        Arrays.fill(
                violation,
                0,
                mode == ReplayMode.PADDED_SHA1_VIOLATIONS_TOO ? 20 : size,
                (byte) 0xff);
    }

    /** The hash of template data that this bank is extended with, before padding. */
    String templateHash() {
        return mode == ReplayMode.HASH ? bank : "sha1";
    }

    int size() {
        return size;
    }

    /** Extends entry number {@code entry}; its template hash stands in {@code hashes}, padded. */
    void extend(long entry, int pcr, boolean isViolation, byte[] hashes, int at) {
        byte[] value = values[pcr];
        digest.update(value);
        if (isViolation) {
            digest.update(violation);
        } else {
            digest.update(hashes, at, size);
        }
        try {
            digest.digest(value, 0, size);
        } catch (DigestException e) {
            throw new IllegalStateException("digest buffer: " + value.length + " bytes", e);
        }
        extended[pcr] = true;
        byte[] wanted = expected[pcr];
        if (wanted.length == size && wanted[0] == value[0] && Arrays.equals(wanted, value)) {
            lastAgreed[pcr] = entry + 1;
        }
    }

    /** What became of it after {@code entries}. */
    FastReplay.Bank result(long entries) {
        SortedMap<Integer, byte[]> shown = new TreeMap<>();
        SortedMap<Integer, FastReplay.Agreement> agreements = new TreeMap<>();
        for (int pcr = 0; pcr <= Limits.MAX_PCR; pcr++) {
            boolean wanted = expected[pcr].length > 0;
            if (wanted || extended[pcr]) {
                shown.put(pcr, values[pcr].clone());
            }
            if (wanted) {
                boolean atEnd = Arrays.equals(expected[pcr], values[pcr]);
                OptionalLong last =
                        lastAgreed[pcr] < 0
                                ? OptionalLong.empty()
                                : OptionalLong.of(lastAgreed[pcr]);
                agreements.put(
                        pcr,
                        new FastReplay.Agreement(atEnd, atEnd ? OptionalLong.of(entries) : last));
            }
        }
        return new FastReplay.Bank(bank, mode, shown, agreements);
    }
}
