// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import attestation.ima.Entry;
import attestation.ima.SyntheticList;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Holds a view against the list it should be: all of it, a random slice, entries from anywhere. */
record ModelCheck(SyntheticList entries, long listed, Random random, String where) {
    void view(LogView view) throws IOException {
        assertEquals(listed, view.entries(), where);
        assertArrayEquals(entries.ascii(0, listed), Views.text(view), where);
        slice(view);
        entries(view);
    }

    /** Violations among the listed. */
    long violations() {
        long count = 0;
        for (long i = 0; i < listed; i++) {
            count += entries.violation(i) ? 1 : 0;
        }
        return count;
    }

    private void slice(LogView view) throws IOException {
        long from = random.nextLong(view.lines() + 1);
        long to = from + random.nextLong(view.lines() - from + 1);
        byte[] all = entries.ascii(0, listed);
        byte[] expected = Arrays.copyOfRange(all, offsetOfLine(all, from), offsetOfLine(all, to));
        Slice slice = view.slice(from, to);
        assertArrayEquals(expected, Views.text(slice), where);
        assertEquals(expected.length, slice.bytes(), where);
        boolean needs = false;
        for (byte b : expected) {
            needs |= b == '"' || b == '\\' || (b != '\n' && b < 0x20);
        }
        assertEquals(true, slice.needsEscaping() || !needs, where);
    }

    private void entries(LogView view) throws IOException {
        long from = random.nextLong(listed + 1);
        List<Entry> read = Views.entries(view, from);
        assertEquals(listed - from, read.size(), where);
        long line = 0;
        for (long i = 0; i < from; i++) {
            line += entries.lines(i);
        }
        assertEquals(line, view.lineOfEntry(from), where);
        for (int i = 0; i < read.size(); i++) {
            assertEquals(from + i, read.get(i).index(), where);
            assertEquals(entries.lines(from + i), read.get(i).physicalLines(), where);
        }
    }

    private static int offsetOfLine(byte[] text, long line) {
        int at = 0;
        for (long i = 0; i < line; at++) {
            i += text[at] == '\n' ? 1 : 0;
        }
        return at;
    }
}
