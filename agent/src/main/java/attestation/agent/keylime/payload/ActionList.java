// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import attestation.agent.keylime.wire.Shown;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The names in a payload's {@code action_list}: plain ones only. */
final class ActionList {
    private static final Logger LOG = LoggerFactory.getLogger(ActionList.class);
    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_ACTIONS = 256;

    private ActionList() {}

    /**
     * The names in order; none when there is no list. Others than plain names are left out, loudly.
     */
    static List<String> of(Path unzipped) throws IOException {
        Path file = unzipped.resolve("action_list");
        if (!PrivateFiles.isFile(file)) {
            return List.of();
        }
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(
                        "action_list: more than %d bytes (expected: at most that)"
                                .formatted(MAX_BYTES));
            }
            return parse(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    /**
     * Commas, blanks or newlines between names, brackets around all, quotes around each at will.
     */
    static List<String> parse(String text) {
        var names = new ArrayList<String>();
        for (String word : text.strip().replaceAll("^\\[|\\]$", "").split("[,\\s]+")) {
            String name = word.replaceAll("^([\"'])(.*)\\1$", "$2");
            if (name.isEmpty()) {
                continue;
            }
            if (SafeName.isPlain(name) && names.size() < MAX_ACTIONS) {
                names.add(name);
            } else {
                LOG.warn(
                        "action refused name=\"{}\" expected=\"a plain file name\"",
                        Shown.text(name));
            }
        }
        return names;
    }
}
