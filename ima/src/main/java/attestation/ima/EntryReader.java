// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import org.jspecify.annotations.Nullable;

/** Cuts and decodes one entry; the two formats have one each. */
interface EntryReader {
    /** What is known about the bytes behind those that were read. */
    enum End {
        /** More may follow in the middle of an entry. */
        OPEN,
        /** The source ends here for now, and it ends with a whole entry. */
        BOUNDARY,
        /** Nothing follows, ever. */
        FINAL
    }

    /**
     * The entry that begins at {@code from}.
     *
     * @return null when {@code [from, to)} does not hold all of it
     */
    @Nullable Entry next(byte[] buffer, int from, int to, End end, long index, long offset)
            throws ImaLogException;
}
