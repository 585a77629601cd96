// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which rule decides about an access, {@code ima_match_policy} of the kernel. */
public final class Simulation {
    private Simulation() {}

    /**
     * What is decided about one kind of action.
     *
     * @param decides the first rule that surely matches; empty when none does, so nothing is done
     * @param perhaps rules before it that decide instead when what is not known fulfils them
     */
    public record Decision(Action.Kind kind, Optional<Rule> decides, List<Rule> perhaps) {
        /** Whether it is surely done. */
        public boolean done() {
            return perhaps.stream().allMatch(Decision::does)
                    && decides.map(Decision::does).orElse(false);
        }

        private static boolean does(Rule rule) {
            return !rule.action().dont();
        }
    }

    /** One decision of each kind, in the order measure, appraise, audit, hash. */
    public static List<Decision> explain(Policy policy, Access access) {
        List<Decision> decisions = new ArrayList<>();
        for (Action.Kind kind : Action.Kind.values()) {
            decisions.add(decide(policy, access, kind));
        }
        return decisions;
    }

    static Decision decide(Policy policy, Access access, Action.Kind kind) {
        List<Rule> perhaps = new ArrayList<>();
        for (Rule rule : policy.rules()) {
            if (rule.action().kind() == kind) {
                switch (Matcher.matches(rule, access)) {
                    case YES -> {
                        return new Decision(kind, Optional.of(rule), perhaps);
                    }
                    case UNKNOWN -> perhaps.add(rule);
                    case NO -> {}
                }
            }
        }
        return new Decision(kind, Optional.empty(), perhaps);
    }
}
