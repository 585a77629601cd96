// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a rule does; a rule with "dont" keeps later rules of its kind from doing it. */
public enum Action {
    MEASURE(Kind.MEASURE, false),
    DONT_MEASURE(Kind.MEASURE, true),
    APPRAISE(Kind.APPRAISE, false),
    DONT_APPRAISE(Kind.APPRAISE, true),
    AUDIT(Kind.AUDIT, false),
    DONT_AUDIT(Kind.AUDIT, true),
    HASH(Kind.HASH, false),
    DONT_HASH(Kind.HASH, true);

    /** Of each kind the first matching rule decides, whatever rules of other kinds say. */
    public enum Kind {
        MEASURE,
        APPRAISE,
        AUDIT,
        HASH
    }

    private final Kind kind;
    private final boolean dont;

    Action(Kind kind, boolean dont) {
        this.kind = kind;
        this.dont = dont;
    }

    /** What it decides about. */
    public Kind kind() {
        return kind;
    }

    /** Whether it decides against. */
    public boolean dont() {
        return dont;
    }

    /** As policies spell it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Action> of(String word) {
        return Arrays.stream(values()).filter(action -> action.word().equals(word)).findFirst();
    }

    static List<String> words() {
        return Arrays.stream(values()).map(Action::word).toList();
    }
}
