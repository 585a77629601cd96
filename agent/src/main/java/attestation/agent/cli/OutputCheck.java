// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * Makes a command that could not write its output fail, as {@code PrintStream} says nothing of it.
 */
final class OutputCheck {
    /** 128 + SIGPIPE: what shells say of a program whose reader has gone. */
    private static final int READER_GONE = 141;

    private static final String EPIPE = "Broken pipe";

    private final PrintStream out;
    private final OutputStream raw;
    private final PrintStream err;

    /**
     * @param raw what {@code out} writes to, without a buffer: it tells the reason
     */
    OutputCheck(PrintStream out, OutputStream raw, PrintStream err) {
        this.out = out;
        this.raw = raw;
        this.err = err;
    }

    /** The exit code of a command that would exit with {@code code} had its output been taken. */
    int exitCode(int code) {
        if (!out.checkError()) {
            return code;
        }
        String reason = reason();
        if (reason.equals(EPIPE)) {
            return code == ExitCodes.OK ? READER_GONE : code;
        }
        err.println(
                "agent: the output cannot be written: "
                        + reason
                        + " (its beginning at most is there)");
        return code == ExitCodes.OK ? ExitCodes.OUTPUT_LOST : code;
    }

    private String reason() {
        try {
            raw.write('\n');
            return "it was interrupted";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
