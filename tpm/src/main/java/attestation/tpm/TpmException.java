// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import org.jspecify.annotations.Nullable;

/** Something a TPM could not do, with a text that says what to do next. */
public abstract sealed class TpmException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String text;

    TpmException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.text = message;
    }

    /** For people: what, value, what was expected, what to do. */
    @Override
    public String getMessage() {
        return text;
    }

    /** The TPM answered, with an error; the connection stays usable. */
    public static final class CommandFailed extends TpmException {
        private static final long serialVersionUID = 1L;
        private final String command;
        private final int rc;

        /**
         * @param what command and object, for example {@code TPM2_Load of the AK}
         */
        public CommandFailed(String what, int rc) {
            super(what + ": " + TpmRc.of(rc) + TpmHints.of(what, TpmRc.of(rc)), null);
            this.command = what;
            this.rc = rc;
        }

        private CommandFailed(CommandFailed before, String more) {
            super(before.getMessage() + more, before);
            this.command = before.command;
            this.rc = before.rc;
        }

        /** The same with more to say. */
        public CommandFailed with(String more) {
            return new CommandFailed(this, more);
        }

        /** Command and object, for example {@code TPM2_Load of the AK}. */
        public String command() {
            return command;
        }

        /** The response code taken apart. */
        public TpmRc rc() {
            return TpmRc.of(rc);
        }

        /** Whether the TPM refuses because of too many wrong passwords. */
        public boolean lockout() {
            return rc().base() == TpmRc.LOCKOUT;
        }

        /** Whether others hold all slots for objects or sessions, until they flush theirs. */
        public boolean crowded() {
            return switch (rc().base()) {
                case TpmRc.OBJECT_MEMORY,
                        TpmRc.OBJECT_HANDLES,
                        TpmRc.SESSION_MEMORY,
                        TpmRc.SESSION_HANDLES ->
                        true;
                default -> false;
            };
        }

        /** Whether the same may succeed a little later. */
        public boolean retryable() {
            return rc().retryable();
        }
    }

    /** The way to the TPM broke; whether the last command ran is unknown. */
    public static final class TransportBroken extends TpmException {
        private static final long serialVersionUID = 1L;

        public TransportBroken(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** What came back is not what a TPM answers to this command; the connection is thrown away. */
    public static final class BadResponse extends TpmException {
        private static final long serialVersionUID = 1L;

        public BadResponse(String message) {
            super(message, null);
        }

        public BadResponse(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** There was no TPM to ask before the time was up. */
    public static final class TpmUnavailable extends TpmException {
        private static final long serialVersionUID = 1L;

        public TpmUnavailable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The queue is full, or the time was up before the request's turn came; nothing was sent. */
    public static final class TpmBusy extends TpmException {
        private static final long serialVersionUID = 1L;

        public TpmBusy(String message) {
            super(message, null);
        }
    }

    /** The TPM was still at work on it when the time was up; its late answer is discarded. */
    public static final class TimedOut extends TpmException {
        private static final long serialVersionUID = 1L;

        public TimedOut(String message) {
            super(message, null);
        }
    }

    /** A key is not the one that was expected. */
    public static final class KeyMismatch extends TpmException {
        private static final long serialVersionUID = 1L;

        public KeyMismatch(String message) {
            super(message, null);
        }
    }

    /** What was asked cannot be had from this TPM, or not in this combination. */
    public static final class Unsupported extends TpmException {
        private static final long serialVersionUID = 1L;

        public Unsupported(String message) {
            super(message, null);
        }
    }
}
