// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.config.SampleFile;

import picocli.AutoComplete;
import picocli.CommandLine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is said about the command elsewhere, from the one description of it: the sample
 * configuration, the manual pages, and the completions of three shells. For the build of the
 * packages, not for operators.
 */
public final class Reference {
    private Reference() {}

    /**
     * Writes all documents into a folder, which is made.
     *
     * @param arguments the folder, and the date of the manual pages (ISO 8601)
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        for (var document : documents(LocalDate.parse(arguments[1])).entrySet()) {
            Files.writeString(folder.resolve(document.getKey()), document.getValue());
        }
    }

    /** File name to text. */
    static Map<String, String> documents(LocalDate date) {
        CommandLine agent = CommandLines.of(StandardHooks.hooks(), System.out, System.err);
        Map<String, String> documents = new LinkedHashMap<>();
        documents.put("agent.toml", SampleFile.render());
        documents.put("agent.8", new CommandManual(date).render(agent));
        documents.put("agent.toml.5", new ConfigManual(date).render());
        documents.put("agent.bash", AutoComplete.bash("agent", agent));
        documents.put("_agent", new ZshCompletion().render(agent));
        documents.put("agent.fish", new FishCompletion().render(agent));
        return documents;
    }
}
