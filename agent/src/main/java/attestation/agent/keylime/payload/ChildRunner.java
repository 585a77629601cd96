// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/** Runs programs as children of the agent, by its user. */
final class ChildRunner implements ProgramRunner {
    private static final Pattern SEPARATOR = Pattern.compile(File.pathSeparator);

    private final String searchPath;

    /**
     * @param searchPath as PATH
     */
    ChildRunner(String searchPath) {
        this.searchPath = searchPath;
    }

    @Override
    public int run(Program program, BiConsumer<String, String> lines)
            throws PayloadException, InterruptedException {
        if (!allowed()) {
            throw new PayloadException(
                    "%s: not run - the agent's unit lets it start no program (expected: the unit's drop-in payload-scripts.conf, see PAYLOAD SCRIPTS in agent(8))"
                            .formatted(program.file()));
        }
        return new Script(command(program), program.directory(), program.timeout(), lines).run();
    }

    /** Whether the first program that is needed may be executed: under the unit none may. */
    boolean allowed() {
        return SEPARATOR
                .splitAsStream(searchPath)
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "setsid")));
    }

    private static List<String> command(Program program) {
        return program.argument()
                .map(argument -> List.of(absolute(program.file()), absolute(argument)))
                .orElseGet(() -> List.of("sh", "-c", quoted(program.file())));
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().toString();
    }

    private static String quoted(Path path) {
        return "'" + absolute(path).replace("'", "'\\''") + "'";
    }
}
