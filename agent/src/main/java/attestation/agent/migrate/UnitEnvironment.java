// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
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
            variables.putAll(EnvironmentFile.parse(text(Path.of(file.group("path")))));
        }
        return variables;
    }

    private static void assign(Map<String, String> variables, String word) {
        int equals = word.indexOf('=');
        if (equals > 0) {
            variables.put(word.substring(0, equals), word.substring(equals + 1));
        }
    }

    private static String text(Path file) {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return ""; // systemd starts the unit without it, or not at all
        }
    }
}
