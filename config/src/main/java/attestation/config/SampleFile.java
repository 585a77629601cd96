// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.Key;
import attestation.config.key.Keys;

/** The sample configuration file: every key with its description, commented out, at its default. */
public final class SampleFile {
    private static final int WIDTH = 96;

    private static final String HEAD =
            """
            # Configuration of attestation-agent. Every key is shown with its default; remove the #
            # in front of a key to change it. Snippets in agent.toml.d/*.toml override this file, in
            # the order of their names, and environment variables such as
            # ATTESTATION_AGENT_HTTPS_PORT override both. Check with: agent config check
            """;

    private SampleFile() {}

    /** The text of the file. */
    public static String render() {
        StringBuilder out = new StringBuilder(HEAD);
        Keys.sections()
                .forEach(
                        (section, sentence) -> {
                            out.append('\n');
                            comment(out, sentence);
                            out.append('[').append(section).append("]\n");
                            Keys.all().stream()
                                    .filter(key -> key.section().equals(section))
                                    .forEach(key -> describe(out, key));
                        });
        return out.toString();
    }

    private static <T> void describe(StringBuilder out, Key<T> key) {
        out.append('\n');
        comment(out, key.description());
        String unit = key.unit().isEmpty() ? "" : ", in " + key.unit();
        comment(out, "(" + key.type().expected() + unit + ")");
        out.append('#').append(key.option()).append(" = ");
        out.append(key.type().literal(key.standard())).append('\n');
    }

    private static void comment(StringBuilder out, String text) {
        StringBuilder line = new StringBuilder("#");
        for (String word : text.split(" ")) {
            if (line.length() + 1 + word.length() > WIDTH) {
                out.append(line).append('\n');
                line.setLength(1);
            }
            line.append(' ').append(word);
        }
        out.append(line).append('\n');
    }
}
