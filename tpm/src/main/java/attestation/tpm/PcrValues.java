// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import java.security.MessageDigest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Values of PCRs, all of one moment.
 *
 * @param banks by bank in the order of the selection, then by PCR
 */
public record PcrValues(SequencedMap<HashAlgorithm, SortedMap<Integer, byte[]>> banks) {
    public PcrValues {
        SequencedMap<HashAlgorithm, SortedMap<Integer, byte[]>> copy = new LinkedHashMap<>();
        banks.forEach(
                (bank, values) -> {
                    values.forEach((pcr, value) -> check(bank, pcr, value));
                    copy.put(bank, Collections.unmodifiableSortedMap(new TreeMap<>(values)));
                });
        banks = Collections.unmodifiableSequencedMap(copy);
    }

    private static void check(HashAlgorithm bank, int pcr, byte[] value) {
        if (pcr < 0 || pcr >= PcrSelection.PCR_COUNT || value.length != bank.size()) {
            throw new IllegalArgumentException(
                    "PCR "
                            + bank.keylimeName()
                            + ":"
                            + pcr
                            + ": "
                            + value.length
                            + " bytes (expected: PCR 0..23, "
                            + bank.size()
                            + " bytes)");
        }
    }

    /** The value of one PCR. */
    public Optional<byte[]> value(HashAlgorithm bank, int pcr) {
        SortedMap<Integer, byte[]> values = banks.get(bank);
        return values == null
                ? Optional.empty()
                : Optional.ofNullable(values.get(pcr)).map(byte[]::clone);
    }

    /** What these are the values of. */
    public PcrSelection selection() {
        SequencedMap<HashAlgorithm, Integer> masks = new LinkedHashMap<>();
        banks.forEach(
                (bank, values) ->
                        masks.put(
                                bank,
                                values.keySet().stream()
                                        .mapToInt(i -> 1 << i)
                                        .reduce(0, (a, b) -> a | b)));
        return new PcrSelection(masks);
    }

    /**
     * pcrDigest of a quote over these values: the hash of all of them, in the order of the
     * selection (Part 2 §10.12.1).
     */
    public byte[] digest(HashAlgorithm hash) throws TpmException.Unsupported {
        MessageDigest digest = hash.newDigest();
        banks.values().forEach(values -> values.values().forEach(digest::update));
        return digest.digest();
    }
}
