// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.Entry;

import java.util.Arrays;

/**
 * Finds the first entries of one list among those of another, as Knuth, Morris and Pratt do: in one
 * pass, however often the same entries return in both.
 *
 * <p>Entries are compared by fingerprint; what is found has still to be compared itself.
 */
final class HeadSearch {
    private final int[] head;

    /** After so many equal entries: how many of them the head begins with once more. */
    private final int[] border;

    private int equal;

    /**
     * @param head fingerprints of the entries looked for, one at least
     */
    HeadSearch(int[] head) {
        this.head = head.clone();
        this.border = new int[head.length + 1];
        for (int i = 1; i < head.length; i++) {
            border[i + 1] = next(border[i], head[i]);
        }
    }

    static int fingerprint(Entry entry) {
        return 31 * entry.pcr() + Arrays.hashCode(entry.templateData());
    }

    /** Takes the next entry that is searched; true when the whole head ends with it. */
    boolean isFoundWith(Entry entry) {
        equal = next(equal, fingerprint(entry));
        return equal == head.length;
    }

    /** How many entries of the head are the last ones that were searched; the most there are. */
    int equal() {
        return equal;
    }

    private int next(int before, int fingerprint) {
        int at = before;
        while (at == head.length || (at > 0 && head[at] != fingerprint)) {
            at = border[at];
        }
        return head[at] == fingerprint ? at + 1 : at;
    }
}
