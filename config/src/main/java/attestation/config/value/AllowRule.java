// SPDX-License-Identifier: Apache-2.0
package attestation.config.value;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One line of the allow-list.
 *
 * @param client who
 * @param rights what, never empty
 */
public record AllowRule(ClientName client, Set<Right> rights) {
    /** What {@link #parse} takes, in words. */
    public static final String EXPECTED =
            "dns:NAME, ip:ADDRESS, uri:URI, email:ADDRESS or key:SHA-256 of the public key,"
                    + " then quotes, keys or both";

    public AllowRule {
        if (rights.isEmpty()) {
            throw new IllegalArgumentException("allow rule without rights");
        }
        rights = Set.copyOf(rights);
    }

    /**
     * Reads {@code CLIENT RIGHT…}, for example {@code dns:verifier.example.org quotes keys}.
     *
     * @throws IllegalArgumentException if it is not of that form
     */
    public static AllowRule parse(String text) {
        List<String> words = Arrays.asList(text.strip().split("[ \t]+"));
        Set<Right> rights = EnumSet.noneOf(Right.class);
        words.subList(1, words.size()).forEach(word -> rights.add(right(word)));
        return new AllowRule(ClientName.parse(words.getFirst()), rights);
    }

    private static Right right(String word) {
        return Arrays.stream(Right.values())
                .filter(r -> r.toString().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not a right"));
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(client.toString());
        Arrays.stream(Right.values())
                .filter(rights::contains)
                .forEach(right -> out.append(' ').append(right));
        return out.toString();
    }
}
