// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import attestation.config.toml.TomlValue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lists as Keylime writes them: elements separated by commas, blanks or line ends, optionally in
 * brackets, each bare or in quotes. The quotes are not part of the element.
 */
final class ListText {
    private static final Pattern ELEMENT =
            Pattern.compile("\"([^\"]*)\"|'([^']*)'|([^\\s,\"'][^\\s,]*)");

    private ListText() {}

    static TomlValue.Items parse(String text) {
        String inner = text.strip();
        if (inner.startsWith("[") && inner.endsWith("]") && inner.length() >= 2) {
            inner = inner.substring(1, inner.length() - 1);
        }
        List<TomlValue> items = new ArrayList<>();
        Matcher element = ELEMENT.matcher(inner);
        while (element.find()) {
            items.add(new TomlValue.Text(content(element)));
        }
        return new TomlValue.Items(items);
    }

    private static String content(Matcher element) {
        for (int group = 1; group <= 2; group++) {
            if (element.start(group) >= 0) {
                return element.group(group);
            }
        }
        return element.group();
    }
}
