// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

/** What the command exits with, beside the codes that a sub-command's own help names. */
public final class ExitCodes {
    public static final int OK = 0;

    /** {@code status}: the agent does not do its work, or gives no usable answer. */
    public static final int FAILING = 2;

    /** {@code status}: the agent does not run. */
    public static final int NOT_RUNNING = 3;

    /** {@code status}: the socket's mode keeps the caller out. */
    public static final int NOT_PERMITTED = 4;

    /** EX_USAGE: the command line is not understood. */
    public static final int USAGE = 64;

    /** EX_UNAVAILABLE: something that this command needs is not there. */
    public static final int UNAVAILABLE = 69;

    /** EX_SOFTWARE: a defect of this program. */
    public static final int SOFTWARE = 70;

    /** EX_IOERR: what the command printed did not arrive. */
    public static final int OUTPUT_LOST = 74;

    /** EX_CONFIG: the configuration cannot be used. */
    public static final int CONFIG = 78;

    private ExitCodes() {}
}
