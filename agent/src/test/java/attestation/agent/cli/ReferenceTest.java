// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.config.key.Key;
import attestation.config.key.Keys;

import org.junit.jupiter.api.Test;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;

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

    @Test
    void everyCommandAndOptionIsInThePageAndTheCompletions() {
        for (String word :
                List.of("run", "status", "identity", "verify", "config", "ima", "tpm", "version")) {
            assertTrue(document("agent.8").contains(".SS \"agent " + word), word);
            assertTrue(document("_agent").contains("'" + word + ":"), word);
            assertTrue(document("agent.fish").contains(" -a " + word + " -d "), word);
            assertTrue(document("agent.bash").contains(word), word);
        }
        for (String option : List.of("evidence", "server-cert", "json", "config", "help")) {
            assertTrue(document("agent.8").contains("\\-\\-" + option.replace("-", "\\-")), option);
            assertTrue(document("_agent").contains("'--" + option + "["), option);
            assertTrue(document("agent.fish").contains(" -l " + option), option);
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
