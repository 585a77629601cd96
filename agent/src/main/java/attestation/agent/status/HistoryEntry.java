// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import attestation.agent.https.Untrusted;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * One change that an operator may look for later.
 *
 * @param at when it was seen
 * @param section whose change it is; {@code agent} for its starts and stops
 * @param health of that section from then on
 * @param text what happened, printable
 * @param next what to do about it, printable; empty when there is nothing to do
 */
public record HistoryEntry(Instant at, String section, Health health, String text, String next) {
    private static final int MOST = 500;

    public HistoryEntry {
        String all = section + text + next;
        if (!all.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(
                    "history: " + Untrusted.show(all, MOST) + " (expected: printable ASCII)");
        }
    }

    /** Of any text: what is not printable is escaped, what is too long is cut. */
    static HistoryEntry of(Instant at, String section, Health health, String text, String next) {
        return new HistoryEntry(
                at,
                Untrusted.show(section, MOST),
                health,
                Untrusted.show(text, MOST),
                Untrusted.show(next, MOST));
    }

    /** One line without its newline; tabs part the values, which hold none. */
    String line() {
        String word = health.name().toLowerCase(Locale.ROOT);
        return String.join("\t", at.toString(), section, word, text, next);
    }

    /** Empty when it is none, as after a kill in the middle of it. */
    static Optional<HistoryEntry> parse(String line) {
        String[] words = line.split("\t", -1);
        if (words.length != 5) {
            return Optional.empty();
        }
        try {
            Health health = Health.valueOf(words[2].toUpperCase(Locale.ROOT));
            return Optional.of(
                    new HistoryEntry(
                            Instant.parse(words[0]), words[1], health, words[3], words[4]));
        } catch (DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
