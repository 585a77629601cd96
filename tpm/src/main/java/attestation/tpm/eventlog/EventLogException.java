// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.eventlog;

/** A firmware log that is not one. */
public final class EventLogException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of fault. */
    public enum Kind {
        /** Longer than any firmware's. */
        TOO_LARGE,
        /** Ends in the middle of an event. */
        TRUNCATED,
        /** Says something that cannot be. */
        MALFORMED
    }

    private final Kind kind;
    private final int offset;

    EventLogException(Kind kind, int event, int offset, String reason) {
        super("firmware event log: event " + event + " at byte " + offset + ": " + reason);
        this.kind = kind;
        this.offset = offset;
    }

    public Kind kind() {
        return kind;
    }

    /** Byte at which the fault is. */
    public int offset() {
        return offset;
    }
}
