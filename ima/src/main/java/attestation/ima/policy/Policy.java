// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import java.util.List;

/**
 * A policy as it was read.
 *
 * @param rules what the kernel accepts, in order
 * @param problems lines that it refuses; one is enough and nothing of the policy is loaded
 * @param requirements what not every kernel accepts
 */
public record Policy(List<Rule> rules, List<Problem> problems, List<Requirement> requirements) {
    public Policy {
        rules = List.copyOf(rules);
        problems = List.copyOf(problems);
        requirements = List.copyOf(requirements);
    }

    /** Whether any rule does this. */
    public boolean does(Action action) {
        return rules.stream().anyMatch(rule -> rule.action() == action);
    }
}
