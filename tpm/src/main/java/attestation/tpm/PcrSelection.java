// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * TPML_PCR_SELECTION: which PCRs of which banks, in the order the TPM is asked (Part 2 §10.9.7).
 *
 * @param banks 24-bit mask by bank, bit i selects PCR i; iterates in the given order
 */
public record PcrSelection(SequencedMap<HashAlgorithm, Integer> banks) {
    /** PCRs of a PC client TPM. */
    public static final int PCR_COUNT = 24;

    /** Nothing. */
    public static final PcrSelection NONE = new PcrSelection(new LinkedHashMap<>());

    public PcrSelection {
        banks.forEach(PcrSelection::check);
        banks = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(banks));
    }

    private static void check(HashAlgorithm bank, int mask) {
        if (mask >>> PCR_COUNT != 0) {
            throw new IllegalArgumentException(
                    "PCR mask of bank "
                            + bank.keylimeName()
                            + ": 0x"
                            + Integer.toHexString(mask)
                            + " (expected: PCRs 0..23)");
        }
    }

    /** PCRs of one bank, by number. */
    public static PcrSelection of(HashAlgorithm bank, int... pcrs) {
        int mask = 0;
        for (int pcr : pcrs) {
            if (pcr < 0 || pcr >= PCR_COUNT) {
                throw new IllegalArgumentException("PCR: " + pcr + " (expected: 0..23)");
            }
            mask |= 1 << pcr;
        }
        return ofMask(bank, mask);
    }

    /** PCRs of one bank, bit i selects PCR i. */
    public static PcrSelection ofMask(HashAlgorithm bank, int mask) {
        return NONE.and(bank, mask);
    }

    /** The same and another bank behind it; in a bank that is there already, more PCRs. */
    public PcrSelection and(HashAlgorithm bank, int mask) {
        SequencedMap<HashAlgorithm, Integer> more = new LinkedHashMap<>(banks);
        more.merge(bank, mask, (a, b) -> a | b);
        return new PcrSelection(more);
    }

    /** The mask of a bank, 0 when it is not selected. */
    public int mask(HashAlgorithm bank) {
        return banks.getOrDefault(bank, 0);
    }

    /** Selected PCRs of a bank, ascending. */
    public List<Integer> pcrs(HashAlgorithm bank) {
        return pcrs(mask(bank));
    }

    static List<Integer> pcrs(int mask) {
        return IntStream.range(0, PCR_COUNT).filter(i -> (mask & 1 << i) != 0).boxed().toList();
    }

    /** How many PCRs of all banks together. */
    public int count() {
        return banks.values().stream().mapToInt(Integer::bitCount).sum();
    }

    /** For example {@code sha256:10,16+sha384:0}. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        for (Map.Entry<HashAlgorithm, Integer> bank : banks.entrySet()) {
            String list =
                    pcrs(bank.getValue()).stream()
                            .map(String::valueOf)
                            .collect(Collectors.joining(","));
            parts.add(bank.getKey().keylimeName() + ":" + list);
        }
        return String.join("+", parts);
    }
}
