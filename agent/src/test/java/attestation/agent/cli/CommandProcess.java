// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command as a process of its own, with an environment of its own. */
record CommandProcess(int exitCode, String out, String err) {
    /** Runs it to its end; of this process's environment only what a command needs is passed on. */
    static CommandProcess run(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                "attestation.agent.cli.Main"));
        command.addAll(List.of(arguments));
        File out = Files.createTempFile("agent", ".out").toFile();
        File err = Files.createTempFile("agent", ".err").toFile();
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out).redirectError(err);
            builder.environment()
                    .keySet()
                    .removeIf(
                            name ->
                                    name.startsWith("KEYLIME")
                                            || name.startsWith("ATTESTATION_AGENT")
                                            || name.equals("TCTI"));
            builder.environment().putAll(environment);
            int exitCode = builder.start().waitFor();
            return new CommandProcess(
                    exitCode, Files.readString(out.toPath()), Files.readString(err.toPath()));
        } finally {
            Files.delete(out.toPath());
            Files.delete(err.toPath());
        }
    }
}
