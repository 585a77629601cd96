// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import java.time.LocalDate;

/** A manual page in the man(7) macros, put together piece by piece; text is escaped. */
final class Roff {
    private final StringBuilder out = new StringBuilder();

    Roff(String name, int section, LocalDate date) {
        line(".\\\" SPDX-License-Identifier: Apache-2.0");
        line(".TH " + name + " " + section + " " + date + " attestation-agent");
        line(".nh");
        line(".ad l");
    }

    Roff heading(String title) {
        return line(".SH " + quoted(title));
    }

    Roff subheading(String title) {
        return line(".SS " + quoted(title));
    }

    /** A paragraph; a blank line in it begins the next one. */
    Roff paragraph(String text) {
        for (String part : text.split("\n\\s*\n")) {
            line(".PP").line(escape(part.strip()));
        }
        return this;
    }

    /** Something in bold, and behind it, indented, what it is. */
    Roff item(String term, String text) {
        return line(".TP").line(".B " + quoted(term)).line(escape(text.strip()));
    }

    /** Kept as it is, line by line. */
    Roff verbatim(String text) {
        line(".PP").line(".RS 4").line(".nf");
        text.lines().forEach(one -> line(escape(one)));
        return line(".fi").line(".RE");
    }

    String render() {
        return out.toString();
    }

    private Roff line(String text) {
        out.append(text).append('\n');
        return this;
    }

    private static String quoted(String text) {
        return '"' + escape(text).replace("\"", "\\(dq") + '"';
    }

    /** Hyphens are typed as such, and a line that begins like a macro is none. */
    private static String escape(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...");
        return escaped.replaceAll("(?m)^([.'])", "\\\\&$1");
    }
}
