// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The template of a name given as bytes; the few that a list mixes cost no allocation. */
final class TemplateCache {
    /** A name that was met; the template is null when a field of it is unknown. */
    record Known(byte[] bytes, String name, @Nullable Template template) {}

    private final @Nullable Known[] slots = new Known[8];
    private int next;

    Known get(byte[] buffer, int from, int to) {
        for (Known known : slots) {
            if (known != null
                    && Arrays.equals(known.bytes(), 0, known.bytes().length, buffer, from, to)) {
                return known;
            }
        }
        byte[] bytes = Arrays.copyOfRange(buffer, from, to);
        String name = new String(bytes, StandardCharsets.ISO_8859_1);
        Known known = new Known(bytes, name, Template.of(name).orElse(null));
        slots[next] = known;
        next = (next + 1) % slots.length;
        return known;
    }
}
