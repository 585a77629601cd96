// SPDX-License-Identifier: Apache-2.0
import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Formats every Java source ("apply") or fails naming those that are not formatted ("check"). */
public class Format {
    private static final List<String> MODULES =
            List.of("agent", "tpm", "ima", "systemd", "config", "packaging", "src-test-fixtures");

    public static void main(String[] args) throws Exception {
        boolean apply = args[0].equals("apply");
        List<Path> unformatted = new ArrayList<>();
        for (String module : MODULES) {
            try (var tree = Files.walk(Path.of(module))) {
                for (Path file : tree.filter(Format::isSource).toList()) {
                    String text = Files.readString(file);
                    String formatted = format(file, text);
                    if (!formatted.equals(text)) {
                        unformatted.add(file);
                        if (apply) {
                            Files.writeString(file, formatted);
                        }
                    }
                }
            }
        }
        if (!apply && !unformatted.isEmpty()) {
            System.err.println(
                    "not formatted: " + unformatted + " - run: mvn -N process-sources -Dformat.mode=apply");
            System.exit(1);
        }
    }

    private static boolean isSource(Path file) {
        return file.toString().endsWith(".java") && !file.toString().contains("/target/");
    }

    private static String format(Path file, String text) throws Exception {
        var options =
                JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.AOSP).build();
        try {
            String ordered =
                    ImportOrderer.reorderImports(
                            RemoveUnusedImports.removeUnusedImports(text),
                            JavaFormatterOptions.Style.AOSP);
            return new Formatter(options).formatSource(ordered);
        } catch (com.google.googlejavaformat.java.FormatterException e) {
            throw new IllegalStateException(file + " does not parse: " + e.getMessage(), e);
        }
    }
}
