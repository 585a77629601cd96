// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.config.key.Key;
import attestation.config.key.Keys;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

class ReferenceTest {
    private static final LocalDate DATE = LocalDate.of(2026, 11, 23);
    private final Map<String, String> documents = Reference.documents(DATE);

    @Test
    void theSameTextEachTime() {
        assertEquals(documents, Reference.documents(DATE));
    }

    @Test
    void thePageOfTheConfigurationNamesEveryKey() {
        String page = document("agent.toml.5");
        for (Key<?> key : Keys.all()) {
            assertTrue(page.contains(".B \"" + key.option() + "\"\n"), key.name());
            assertTrue(page.contains(key.environmentName()), key.environmentName());
        }
    }

    @Test
    void theSampleHasEveryKeyCommented() {
        List<String> lines = document("agent.toml").lines().toList();
        for (Key<?> key : Keys.all()) {
            assertTrue(
                    lines.stream().anyMatch(line -> line.startsWith("#" + key.option() + " = ")),
                    key.name());
        }
        assertTrue(
                lines.stream()
                        .allMatch(line -> line.isBlank() || line.matches("#.*|\\[[a-z]+\\]")));
    }

    /** All commands that people are told of, at any depth, with the command itself. */
    private static Stream<CommandSpec> commands(CommandSpec spec) {
        return spec.usageMessage().hidden()
                ? Stream.empty()
                : Stream.concat(
                        Stream.of(spec),
                        spec.subcommands().values().stream()
                                .flatMap(below -> commands(below.getCommandSpec())));
    }

    static List<CommandSpec> commands() {
        CommandLine agent = CommandLines.of(StandardHooks.hooks(), System.out, System.err);
        List<CommandSpec> all = commands(agent.getCommandSpec()).toList();
        assertTrue(
                all.stream().anyMatch(c -> c.qualifiedName().equals("agent ima policy check")),
                "the walk does not reach the third level");
        return all;
    }

    private static List<String> names(CommandSpec spec) {
        return spec.options().stream()
                .filter(option -> !option.hidden())
                .flatMap(option -> Stream.of(option.names()))
                .toList();
    }

    /** What stands between two texts, the first of which must be there. */
    private static String between(String text, String start, String end) {
        int from = text.indexOf(start);
        assertTrue(from >= 0, start);
        int to = text.indexOf(end, from + start.length());
        return text.substring(from, to < 0 ? text.length() : to);
    }

    @Test
    void everyCommandOptionAndArgumentIsInTheManualPage() {
        for (CommandSpec command : commands()) {
            if (command.parent() == null) {
                continue; // the page as a whole
            }
            String title = ".SS \"" + command.qualifiedName().replace("-", "\\-");
            String part = between(document("agent.8"), title, "\n.SS ");
            for (String option : names(command)) {
                assertTrue(part.contains(option.replace("-", "\\-")), title + " " + option);
            }
            command.positionalParameters()
                    .forEach(p -> assertTrue(part.contains(p.paramLabel()), title));
        }
    }

    @Test
    void everyCommandAndOptionIsCompletedByBash() {
        for (CommandSpec command : commands()) {
            String function = "function _picocli_" + command.qualifiedName("_").replace("-", "");
            String part = between(document("agent.bash"), function + "() {", "\n}\n");
            for (String option : names(command)) {
                assertTrue(part.contains("'" + option + "'"), function + " " + option);
            }
            for (String below : command.subcommands().keySet()) {
                assertTrue(part.contains(below), function + " " + below);
            }
        }
    }

    @Test
    void everyCommandAndOptionIsCompletedByZsh() {
        for (CommandSpec command : commands()) {
            String function = "\n_" + command.qualifiedName("_").replace('-', '_') + "() {\n";
            String part = between(document("_agent"), function, "\n}\n");
            for (String option : names(command)) {
                assertTrue(
                        part.contains("'" + option + "[") || part.contains("'" + option + ":"),
                        function + option);
            }
            for (String below : command.subcommands().keySet()) {
                assertTrue(part.contains("'" + below + ":"), function + below);
            }
        }
    }

    @Test
    void everyCommandAndOptionIsCompletedByFish() {
        List<String> lines = document("agent.fish").lines().toList();
        for (CommandSpec command : commands()) {
            List<String> here = lines.stream().filter(line -> isAbout(line, command)).toList();
            for (String option : names(command)) {
                String word =
                        option.startsWith("--")
                                ? " -l " + option.substring(2)
                                : " -s " + option.substring(1);
                assertTrue(
                        here.stream().anyMatch(line -> (line + " ").contains(word + " ")),
                        command.qualifiedName() + word);
            }
            for (String below : command.subcommands().keySet()) {
                assertTrue(
                        here.stream().anyMatch(line -> line.contains(" -f -a " + below + " ")),
                        command.qualifiedName() + " " + below);
            }
        }
    }

    private static boolean isAbout(String line, CommandSpec command) {
        String[] words = command.qualifiedName().split(" ");
        String seen =
                words.length == 1
                        ? "__fish_use_subcommand"
                        : Stream.of(words)
                                .skip(1)
                                .map(word -> "__fish_seen_subcommand_from " + word)
                                .collect(Collectors.joining("; and "));
        return line.startsWith("complete -c agent -n '" + seen + "'")
                || line.startsWith("complete -c agent -n '" + seen + "; and not ");
    }

    @Test
    void whatIsHiddenIsNowhere() {
        for (String name : List.of("agent.8", "_agent", "agent.fish")) {
            assertFalse(document(name).contains("For tests"), name);
        }
    }

    @Test
    void noLineOfAPageIsAnAccidentalMacro() {
        for (String page : List.of("agent.8", "agent.toml.5")) {
            document(page)
                    .lines()
                    .filter(line -> line.startsWith(".") || line.startsWith("'"))
                    .forEach(
                            line ->
                                    assertTrue(
                                            line.matches(
                                                    "\\.(\\\\\".*|TH .*|SH .*|SS .*|PP|TP|B .*|RS 4|RE|nf|fi|nh|ad l)"),
                                            line));
        }
    }

    private String document(String name) {
        String text = documents.get(name);
        assertTrue(text != null && !text.isBlank(), name);
        return String.valueOf(text);
    }
}
