// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import java.util.List;

/** The kernel refuses the rule that is being read. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String word;
    private final transient List<String> known;

    RefusedException(String message) {
        this(message, "", List.of());
    }

    RefusedException(String message, String word, List<String> known) {
        super(message);
        this.word = word;
        this.known = known;
    }

    Problem problem(int line) {
        return new Problem(line, String.valueOf(getMessage()), word, known);
    }
}
