// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * PCR values in the form of {@code tpm2_quote -o}: memory images of TPML_PCR_SELECTION and
 * TPML_DIGEST on a little-endian machine. What no value lives in must be zero.
 *
 * @param selection which PCRs
 * @param values ascending
 */
record PcrBlob(PcrSelection selection, SortedMap<Integer, byte[]> values) {
    private static final int SELECTIONS = 16;
    private static final int DIGESTS_PER_LIST = 8;
    private static final int DIGEST_BYTES = 64;

    PcrBlob {
        values = Collections.unmodifiableSortedMap(values);
    }

    static PcrBlob parse(byte[] bytes) throws RefutedException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < 136) {
            throw new RefutedException("PCR values: length", bytes.length, "at least 136");
        }
        PcrSelection selection = selection(in);
        int lists = (selection.count() + DIGESTS_PER_LIST - 1) / DIGESTS_PER_LIST;
        expect("number of digest lists", in.getInt(), lists);
        expect("length", bytes.length, 136 + lists * (4 + 66 * DIGESTS_PER_LIST));
        return new PcrBlob(selection, values(in, selection));
    }

    byte[] value(int pcr) throws RefutedException {
        byte[] value = values.get(pcr);
        if (value == null) {
            throw new RefutedException("PCR " + pcr + ": not among the quoted");
        }
        return value;
    }

    /** Hash over the values in ascending order. */
    byte[] digest(HashAlg alg) {
        MessageDigest digest = alg.newDigest();
        values.values().forEach(digest::update);
        return digest.digest();
    }

    private static PcrSelection selection(ByteBuffer in) throws RefutedException {
        expect("number of banks", in.getInt(), 1);
        HashAlg bank = HashAlg.ofTpmId(Short.toUnsignedInt(in.getShort()));
        expect("sizeofSelect", in.get(), 3);
        int mask = (in.get() & 0xff) | (in.get() & 0xff) << 8 | (in.get() & 0xff) << 16;
        expect("fourth byte of the bitmap and padding", in.getShort(), 0);
        for (int i = 1; i < SELECTIONS; i++) {
            expect("unused selection " + i, in.getLong(), 0);
        }
        return new PcrSelection(bank, mask);
    }

    private static SortedMap<Integer, byte[]> values(ByteBuffer in, PcrSelection selection)
            throws RefutedException {
        SortedMap<Integer, byte[]> values = new TreeMap<>();
        int inList = 0;
        int left = selection.count();
        for (int pcr = 0; pcr < PcrSelection.PCRS; pcr++) {
            if (selection.has(pcr)) {
                if (inList == 0) {
                    expect("digests in the list", in.getInt(), Math.min(left, DIGESTS_PER_LIST));
                }
                values.put(pcr, slot(in, selection.bank().size()));
                left--;
                inList = (inList + 1) % DIGESTS_PER_LIST;
            }
        }
        while (in.hasRemaining()) {
            expect("unused digest slots", in.get(), 0);
        }
        return values;
    }

    private static byte[] slot(ByteBuffer in, int size) throws RefutedException {
        expect("size of a digest", Short.toUnsignedInt(in.getShort()), size);
        byte[] value = new byte[size];
        in.get(value);
        for (int i = size; i < DIGEST_BYTES; i++) {
            expect("padding of a digest", in.get(), 0);
        }
        return value;
    }

    private static void expect(String field, long value, long expected) throws RefutedException {
        if (value != expected) {
            throw new RefutedException("PCR values, " + field, value, Long.toString(expected));
        }
    }
}
