// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The arguments of {@code agent run}, read without picocli, which the daemon must not load. */
record RunArguments(Optional<Path> config) {
    private static final String OPTION = "--config";

    static RunArguments parse(List<String> arguments) throws CliException {
        Optional<Path> config = Optional.empty();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            boolean separate = argument.equals(OPTION);
            if (!separate && !argument.startsWith(OPTION + "=")) {
                throw usage("unknown argument: " + Terminal.escape(argument));
            }
            if (config.isPresent()) {
                throw usage(OPTION + ": given twice");
            }
            if (separate && ++i == arguments.size()) {
                throw usage(OPTION + ": no file behind it");
            }
            String file = separate ? arguments.get(i) : argument.substring(OPTION.length() + 1);
            if (file.isEmpty()) {
                throw usage(OPTION + ": no file behind it");
            }
            config = Optional.of(Path.of(file));
        }
        return new RunArguments(config);
    }

    private static CliException usage(String message) {
        return new CliException(
                ExitCodes.USAGE, message + " (expected: agent run [--config FILE])");
    }
}
