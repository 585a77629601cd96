// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

/** A command could not do its work; the message is for the person who typed it. */
public final class CliException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /**
     * @param message what – value – expected – what to do next
     */
    public CliException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
