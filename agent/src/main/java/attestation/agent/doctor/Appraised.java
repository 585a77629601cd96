// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.ima.policy.Access;
import attestation.ima.policy.Action;
import attestation.ima.policy.Hook;
import attestation.ima.policy.Policy;
import attestation.ima.policy.Rule;
import attestation.ima.policy.Simulation;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a policy appraises of the files that a distribution installs, which belong to root. What is
 * not known, such as the file system, counts as appraised where a rule asks for it.
 */
public final class Appraised {
    private static final List<Hook> EXECUTION = List.of(Hook.BPRM_CHECK, Hook.MMAP_CHECK);
    private static final List<Hook> BOOT =
            List.of(
                    Hook.BPRM_CHECK,
                    Hook.MMAP_CHECK,
                    Hook.CREDS_CHECK,
                    Hook.FILE_CHECK,
                    Hook.MODULE_CHECK,
                    Hook.FIRMWARE_CHECK);

    private Appraised() {}

    /** Whether it can stop the boot: a file of root is appraised when root uses it. */
    public static boolean boot(Policy policy) {
        return BOOT.stream().anyMatch(hook -> appraised(policy, Access.byRoot(hook)));
    }

    /** Whether programs and libraries of root are appraised when some user runs them. */
    static boolean programs(Policy policy) {
        return EXECUTION.stream().anyMatch(hook -> appraised(policy, Access.ofRootsFile(hook)));
    }

    private static boolean appraised(Policy policy, Access access) {
        return Simulation.explain(policy, access).stream()
                .filter(decision -> decision.kind() == Action.Kind.APPRAISE)
                .flatMap(Appraised::deciding)
                .anyMatch(rule -> !rule.action().dont());
    }

    private static Stream<Rule> deciding(Simulation.Decision decision) {
        return Stream.concat(decision.perhaps().stream(), decision.decides().stream());
    }
}
