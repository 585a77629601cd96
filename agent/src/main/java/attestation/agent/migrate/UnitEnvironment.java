// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The variables that a unit gives its process, from what {@code systemctl show} prints: assignments
 * with blanks in them are quoted there (systemd's {@code shell_maybe_quote}), and of files it
 * prints the names.
 */
final class UnitEnvironment {
    private static final int MAX_BYTES = 64 * 1024;
    private static final Pattern FILE =
            Pattern.compile("(?<path>/.*?) \\(ignore_errors=(?:yes|no)\\)");

    private UnitEnvironment() {}

    /**
     * @param environment the property {@code Environment}
     * @param files the property {@code EnvironmentFiles}, one a line; a later assignment counts
     */
    static Map<String, String> of(String environment, String files) {
        Map<String, String> variables = new HashMap<>();
        Words.of(environment).forEach(word -> assign(variables, word));
        Matcher file = FILE.matcher(files);
        while (file.find()) {
            for (String line : lines(Path.of(file.group("path")))) {
                assign(variables, String.join(" ", Words.of(line)));
            }
        }
        return variables;
    }

    private static void assign(Map<String, String> variables, String word) {
        int equals = word.indexOf('=');
        if (equals > 0) {
            variables.put(word.substring(0, equals), word.substring(equals + 1));
        }
    }

    /** As systemd reads it (systemd.exec(5)): comments by # or ;, a backslash joins lines. */
    private static List<String> lines(Path file) {
        try (var in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
            return text.replace("\\\n", "")
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.startsWith("#") && !line.startsWith(";"))
                    .toList();
        } catch (IOException e) {
            return List.of(); // systemd starts the unit without it, or not at all
        }
    }
}
