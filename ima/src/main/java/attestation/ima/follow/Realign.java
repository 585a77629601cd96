// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.Entry;
import attestation.ima.HashAlgorithms;
import attestation.ima.ImaLogException;
import attestation.ima.ListParser;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Finds out which of the entries read before is the first one of a list that was opened again.
 *
 * <p>A list that goes on, or was trimmed at its head, overlaps with the end of what was read; any
 * other list does not.
 */
final class Realign {
    /** Not a continuation: another boot's list, or a file that was replaced. */
    static final long OTHER_LIST = -1;

    /** So many entries are looked for together: one alone may return any number of times. */
    private static final int HEAD_ENTRIES = 1024;

    private static final int MAX_CANDIDATES = 8;

    /** So many entries tell whether a list begins as it did. */
    private static final int FIRST_ENTRIES = 64;

    private final ListInput input;
    private final LogView view;
    private final HashAlgorithms algorithms;

    Realign(ListInput input, LogView view, HashAlgorithms algorithms) {
        this.input = input;
        this.view = view;
        this.algorithms = algorithms;
    }

    /** Number of the entry the list begins with now, or {@link #OTHER_LIST}. */
    long firstEntry() throws IOException {
        Entry first;
        try {
            first = new Walk().next();
        } catch (ImaLogException e) {
            return OTHER_LIST;
        }
        if (first == null) {
            return input.isRegular() ? OTHER_LIST : view.entries();
        }
        for (long candidate : candidates(head())) {
            if (continuesFrom(candidate)) {
                return candidate;
            }
        }
        boolean beginsABoot = first.isBootAggregate();
        return beginsABoot || input.isRegular() ? OTHER_LIST : view.entries();
    }

    /** Whether the list begins with this known entry and those behind it; a few of them tell. */
    boolean beginsWith(long entry) throws IOException {
        Walk walk = new Walk();
        EntryCursor known = view.entriesFrom(entry);
        for (int i = 0; i < FIRST_ENTRIES; i++) {
            Entry expected = known.next();
            if (expected == null) {
                return true;
            }
            Entry listed = walk.nextOrNull();
            if (listed == null || !same(expected, listed)) {
                return false;
            }
        }
        return true;
    }

    static boolean same(Entry one, Entry other) {
        return one.pcr() == other.pcr()
                && one.violation() == other.violation()
                && one.templateName().equals(other.templateName())
                && Arrays.equals(one.templateData(), other.templateData());
    }

    private int[] head() throws IOException {
        Walk walk = new Walk();
        int[] head = new int[HEAD_ENTRIES];
        int count = 0;
        for (Entry entry = walk.next(); entry != null && count < head.length; ) {
            head[count++] = HeadSearch.fingerprint(entry);
            entry = walk.nextOrNull();
        }
        return Arrays.copyOf(head, count);
    }

    /** Where all of the head stands, and where as much of it as fits before the end. */
    private List<Long> candidates(int[] head) throws IOException {
        List<Long> found = new ArrayList<>();
        HeadSearch search = new HeadSearch(head);
        EntryCursor cursor = view.entriesFrom(0);
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            if (search.isFoundWith(entry)) {
                found.add(entry.index() + 1 - head.length);
            }
            if (found.size() > MAX_CANDIDATES) {
                found.remove(1);
            }
        }
        if (search.equal() > 0 && search.equal() < head.length) {
            found.add(view.entries() - search.equal());
        }
        return found;
    }

    private boolean continuesFrom(long candidate) throws IOException {
        Walk walk = new Walk();
        EntryCursor known = view.entriesFrom(candidate);
        for (Entry expected = known.next(); expected != null; expected = known.next()) {
            Entry listed = walk.nextOrNull();
            if (listed == null || !same(expected, listed)) {
                return false;
            }
        }
        return true;
    }

    /** The open list from its start. */
    private final class Walk {
        private final ListParser parser = new ListParser(algorithms);
        private final Deque<Entry> ready = new ArrayDeque<>();
        private boolean ended;

        Walk() throws IOException {
            input.seek(0);
        }

        @Nullable Entry nextOrNull() throws IOException {
            try {
                return next();
            } catch (ImaLogException e) {
                return null;
            }
        }

        @Nullable Entry next() throws IOException {
            while (ready.isEmpty() && !ended) {
                ByteBuffer bytes = input.read();
                ended = !bytes.hasRemaining();
                parser.feed(bytes, (entry, raw) -> ready.add(entry));
            }
            if (ready.isEmpty()) {
                parser.boundary((entry, raw) -> ready.add(entry));
            }
            return ready.poll();
        }
    }
}
