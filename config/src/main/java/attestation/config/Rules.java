// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.Key;

import java.util.ArrayList;
import java.util.List;

/** Collects what does not fit together in a record, so that all of it is told at once. */
final class Rules {
    /**
     * A rule that does not hold.
     *
     * @param keys whose values do not fit; the first is the one to blame
     * @param text what is wrong, without the first key's name
     */
    record Violation(List<Key<?>> keys, String text) {}

    /** Thrown by a record's constructor. */
    static final class ViolatedException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;
        private final transient List<Violation> violations;

        ViolatedException(List<Violation> violations) {
            super(violations.getFirst().keys().getFirst() + ": " + violations.getFirst().text());
            this.violations = violations;
        }

        List<Violation> violations() {
            return violations;
        }
    }

    private final List<Violation> violations = new ArrayList<>();

    Rules require(boolean holds, String text, Key<?>... keys) {
        if (!holds) {
            violations.add(new Violation(List.of(keys), text));
        }
        return this;
    }

    void enforce() {
        if (!violations.isEmpty()) {
            throw new ViolatedException(List.copyOf(violations));
        }
    }
}
