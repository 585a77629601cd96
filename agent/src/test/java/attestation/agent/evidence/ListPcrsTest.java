// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Bank;
import attestation.ima.follow.FollowState;
import attestation.ima.follow.ListStatistics;
import attestation.ima.follow.SpoolState;
import attestation.ima.match.PcrLookup;
import attestation.tpm.HashAlgorithm;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

class ListPcrsTest {
    private static final int MASK = 1 << 10 | 1 << 11 | 1 << 12 | 1 << 16;
    private static final PcrLookup REPLAYED = pcr -> value('l', pcr);

    private final ListPcrs pcrs = new ListPcrs();

    private static byte[] value(char from, int pcr) {
        byte[] value = new byte[32];
        Arrays.fill(value, (byte) (from + pcr));
        return value;
    }

    private static ListStatistics extending(int... extended) {
        SortedMap<Integer, Long> entries = new TreeMap<>();
        for (int pcr : extended) {
            entries.put(pcr, 1L);
        }
        return new ListStatistics(
                3,
                3,
                0,
                1,
                Map.of(),
                entries,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                0,
                new FollowState(FollowState.Kind.FOLLOWING, ""),
                new SpoolState(SpoolState.Kind.COMPLETE, ""));
    }

    /** A quote over the list's values of some PCRs and the TPM's own of the others. */
    private static Composite quoteOf(int fromList, int... known) throws Exception {
        byte[][] quoted = new byte[4][];
        int at = 0;
        for (int pcr : new int[] {10, 11, 12, 16}) {
            quoted[at++] = value((fromList & 1 << pcr) != 0 ? 'l' : 't', pcr);
        }
        SortedMap<Integer, byte[]> read = new TreeMap<>();
        for (int pcr : known) {
            read.put(pcr, value('t', pcr));
        }
        return new Composite(HashAlgorithm.SHA256, MASK, Bank.SHA256.digest(quoted), read);
    }

    @Test
    void usual_takesEveryExtendedPcrOfTheSelectionFromTheList() throws Exception {
        Composite quote = quoteOf(1 << 10 | 1 << 11 | 1 << 12, 16);
        int usual = pcrs.usual(quote, extending(10, 11, 12, 13));
        assertEquals(1 << 10 | 1 << 11 | 1 << 12, usual);
        assertTrue(quote.isComplete(usual));
        assertTrue(ListPcrs.fits(quote, REPLAYED, usual));
        assertArrayEquals(value('l', 12), quote.values().get(12));
        assertArrayEquals(value('t', 16), quote.values().get(16));
    }

    @Test
    void complete_withoutAKnownValue_isFalseAndNothingFits() throws Exception {
        Composite quote = quoteOf(1 << 10, 11, 16);
        assertFalse(quote.isComplete(1 << 10));
        assertFalse(quote.matches(REPLAYED, 1 << 10));
        assertTrue(quote.values().isEmpty());
    }

    @Test
    void fitsAnyhow_onePcrSharedWithOthers_isFoundAndRemembered() throws Exception {
        ListStatistics list = extending(10, 11, 12);
        Composite quote = quoteOf(1 << 10 | 1 << 12, 11, 12, 16);
        assertFalse(ListPcrs.fits(quote, REPLAYED, pcrs.usual(quote, list)));
        assertTrue(pcrs.fitsAnyhow(quote, REPLAYED, pcrs.others(quote, list)));
        assertEquals(1 << 10 | 1 << 12, pcrs.usual(quote, list));
        assertArrayEquals(value('t', 11), quote.values().get(11));
        pcrs.forget();
        assertEquals(1 << 10 | 1 << 11 | 1 << 12, pcrs.usual(quote, list));
    }

    @Test
    void fitsAnyhow_pcr10OfAnotherValue_neverFits() throws Exception {
        Composite quote = quoteOf(1 << 11 | 1 << 12, 10, 11, 12, 16);
        assertFalse(pcrs.fitsAnyhow(quote, REPLAYED, 1 << 11 | 1 << 12));
        assertTrue(quote.values().isEmpty());
    }
}
