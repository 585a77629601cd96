// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether a rule matches an access, {@code ima_match_rules} of the kernel. */
final class Matcher {
    /** Three values: a condition on what is not known is neither met nor missed. */
    enum Answer {
        YES,
        NO,
        UNKNOWN
    }

    private Matcher() {}

    static Answer matches(Rule rule, Access access) {
        if (!rule.concerns(access.hook())) {
            return Answer.NO;
        }
        List<Answer> answers = new ArrayList<>();
        rule.ids().forEach(id -> answers.add(id(id, access)));
        if (access.hook().ofBuffer()) {
            answers.add(data(rule, access));
        } else {
            file(rule, access, answers);
        }
        return all(answers);
    }

    private static void file(Rule rule, Access access, List<Answer> answers) {
        rule.mask().ifPresent(mask -> answers.add(of(mask.matches(access.mask()))));
        if (rule.fsMagic().isPresent()) {
            answers.add(
                    access.fsMagic().isEmpty()
                            ? Answer.UNKNOWN
                            : of(access.fsMagic().getAsLong() == rule.fsMagic().getAsLong()));
        }
        rule.fsName().ifPresent(name -> answers.add(equal(name, access.fsName())));
        rule.fsUuid().ifPresent(uuid -> answers.add(equal(uuid, access.fsUuid())));
        if (rule.fsSubtype().isPresent() || !rule.labels().isEmpty()) {
            answers.add(Answer.UNKNOWN);
        }
    }

    private static Answer id(IdCondition condition, Access access) {
        Long actual = access.ids().get(condition.id());
        return actual == null ? Answer.UNKNOWN : of(condition.matches(actual));
    }

    private static Answer data(Rule rule, Access access) {
        if (rule.data().isEmpty()) {
            return Answer.YES;
        }
        return access.data().map(name -> of(rule.data().contains(name))).orElse(Answer.UNKNOWN);
    }

    private static Answer equal(String wanted, Optional<String> actual) {
        return actual.map(value -> of(value.equals(wanted))).orElse(Answer.UNKNOWN);
    }

    private static Answer of(boolean value) {
        return value ? Answer.YES : Answer.NO;
    }

    private static Answer all(List<Answer> answers) {
        if (answers.contains(Answer.NO)) {
            return Answer.NO;
        }
        return answers.contains(Answer.UNKNOWN) ? Answer.UNKNOWN : Answer.YES;
    }
}
