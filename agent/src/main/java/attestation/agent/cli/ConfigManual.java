// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.config.key.Key;
import attestation.config.key.Keys;

import java.time.LocalDate;

/** The manual page agent.toml(5), from the table of keys. */
record ConfigManual(LocalDate date) {
    String render() {
        Roff page = new Roff("AGENT.TOML", 5, date);
        page.heading("NAME");
        page.paragraph("agent.toml - configuration of attestation-agent");
        page.heading("DESCRIPTION");
        page.paragraph(
                "A TOML file, /etc/attestation-agent/agent.toml or the one of --config. Snippets in"
                        + " agent.toml.d/*.toml beside it override it, in the order of their names;"
                        + " environment variables override both. An unknown key is an error. agent config"
                        + " check names everything that is wrong, agent config show the values in effect"
                        + " and where each comes from.");
        Keys.sections().forEach((section, sentence) -> describe(page, section, sentence));
        page.heading("SEE ALSO");
        page.paragraph("agent(8)");
        return page.render();
    }

    private static void describe(Roff page, String section, String sentence) {
        page.heading("[" + section + "]");
        page.paragraph(sentence);
        Keys.all().stream()
                .filter(key -> key.section().equals(section))
                .forEach(key -> describe(page, key));
    }

    private static <T> void describe(Roff page, Key<T> key) {
        String unit = key.unit().isEmpty() ? "" : ", in " + key.unit();
        page.item(
                key.option(),
                key.description()
                        + "\nExpected: "
                        + key.type().expected()
                        + unit
                        + ". Default: "
                        + key.type().literal(key.standard())
                        + ". Variable: "
                        + key.environmentName()
                        + ".");
    }
}
