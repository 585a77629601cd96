// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;

/**
 * Selection and values of PCRs as {@code tpm2_quote -o} writes them: the memory image of
 * TPML_PCR_SELECTION and TPML_DIGESTs on a little-endian machine, not TPM marshalling.
 */
public final class PcrBlob {
    private static final int SELECTIONS = 16;
    private static final int SELECTION_BYTES = 8;
    private static final int SELECT_BYTES = 3;
    private static final int DIGESTS_PER_LIST = 8;
    private static final int DIGEST_BYTES = 64;
    private static final int LIST_BYTES = 4 + DIGESTS_PER_LIST * (2 + DIGEST_BYTES);
    private static final int LIST_COUNT_OFFSET = 4 + SELECTIONS * SELECTION_BYTES;
    private static final int HEAD_BYTES = LIST_COUNT_OFFSET + 4;

    private PcrBlob() {}

    /** One bank's values; {@code values} holds PCR 0 to 23 in ascending order. */
    public static byte[] encode(int algId, SortedMap<Integer, byte[]> values) {
        SequencedMap<Integer, SortedMap<Integer, byte[]>> one = new LinkedHashMap<>();
        one.put(algId, values);
        return encode(one);
    }

    /** The values of 1 to 16 banks by TPM_ALG_ID, in the order of the quote's selection. */
    public static byte[] encode(SequencedMap<Integer, SortedMap<Integer, byte[]>> banks) {
        if (banks.isEmpty() || banks.size() > SELECTIONS) {
            throw new IllegalArgumentException(
                    "PCR banks: %d (expected: 1 to %d)".formatted(banks.size(), SELECTIONS));
        }
        List<byte[]> digests =
                banks.values().stream().flatMap(values -> values.values().stream()).toList();
        int lists = (digests.size() + DIGESTS_PER_LIST - 1) / DIGESTS_PER_LIST;
        var blob =
                ByteBuffer.allocate(HEAD_BYTES + lists * LIST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        blob.putInt(0, banks.size());
        putSelections(blob, banks);
        blob.putInt(LIST_COUNT_OFFSET, lists);
        putDigests(blob, digests);
        return blob.array();
    }

    private static void putSelections(
            ByteBuffer blob, SequencedMap<Integer, SortedMap<Integer, byte[]>> banks) {
        int at = 4;
        for (var bank : banks.entrySet()) {
            blob.putShort(at, bank.getKey().shortValue()).put(at + 2, (byte) SELECT_BYTES);
            blob.putInt(at + 3, bitmap(bank.getValue()));
            at += SELECTION_BYTES;
        }
    }

    private static int bitmap(Map<Integer, byte[]> values) {
        int bits = 0;
        for (int pcr : values.keySet()) {
            if (pcr < 0 || pcr >= Byte.SIZE * SELECT_BYTES) {
                throw new IllegalArgumentException("PCR: %d (expected: 0 to 23)".formatted(pcr));
            }
            bits |= 1 << pcr;
        }
        return bits;
    }

    private static void putDigests(ByteBuffer blob, List<byte[]> digests) {
        int index = 0;
        for (byte[] digest : digests) {
            int list = HEAD_BYTES + index / DIGESTS_PER_LIST * LIST_BYTES;
            int slot = index % DIGESTS_PER_LIST;
            int at = list + 4 + slot * (2 + DIGEST_BYTES);
            blob.putInt(list, slot + 1);
            blob.putShort(at, (short) digest.length).put(at + 2, digest);
            index++;
        }
    }
}
