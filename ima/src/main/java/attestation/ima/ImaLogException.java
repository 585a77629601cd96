// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.io.IOException;

/**
 * The bytes are not a measurement list from here on; nothing behind this place was looked at.
 *
 * <p>{@link #getMessage} has all facts and is meant for people; untrusted bytes in it are escaped.
 */
public abstract sealed class ImaLogException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long entry;
    private final long offset;
    private final String field;
    private final String reason;

    private ImaLogException(String what, long entry, long offset, String field, String reason) {
        super(what + " ima entry " + entry + " at byte " + offset + ": " + field + ": " + reason);
        this.entry = entry;
        this.offset = offset;
        this.field = field;
        this.reason = reason;
    }

    /** Number of the entry, counted from 0. */
    public long entry() {
        return entry;
    }

    /** Where the entry begins, in bytes from the start of the list. */
    public long offset() {
        return offset;
    }

    /** What of the entry is wrong: {@code pcr}, {@code template hash}, a field id … */
    public String field() {
        return field;
    }

    /** Value and expectation, without the place. */
    public String reason() {
        return reason;
    }

    /** An entry breaks the format, or its template data does not hash to its template hash. */
    public static final class Malformed extends ImaLogException {
        private static final long serialVersionUID = 1L;

        public Malformed(long entry, long offset, String field, String reason) {
            super("malformed", entry, offset, field, reason);
        }
    }

    /** The list ends inside an entry. */
    public static final class Truncated extends ImaLogException {
        private static final long serialVersionUID = 1L;

        public Truncated(long entry, long offset, String field, String reason) {
            super("truncated", entry, offset, field, reason);
        }

        /** Of a list without a byte. */
        public static Truncated empty() {
            return new Truncated(
                    0,
                    0,
                    "format",
                    "no bytes (expected: an IMA measurement list; the kernel's own file has no size,"
                            + " so that tar and rsync copy it as empty: use cat)");
        }
    }
}
