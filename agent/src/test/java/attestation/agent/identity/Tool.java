// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Runs a tool that serves as oracle. */
final class Tool {
    private Tool() {}

    static String run(Path directory, String... command) throws Exception {
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + output);
        }
        return output;
    }
}
