// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import java.io.PrintStream;

/** Where commands print; errors are one line each, behind the command's name. */
record Console(PrintStream out, PrintStream err) {
    void error(String message) {
        message.lines().forEach(line -> err.println("agent: " + line));
    }
}
