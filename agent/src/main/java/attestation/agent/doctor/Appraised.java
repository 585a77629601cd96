// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.ima.policy.Access;
import attestation.ima.policy.Action;
import attestation.ima.policy.Hook;
import attestation.ima.policy.IdCondition.Whose;
import attestation.ima.policy.Mask;
import attestation.ima.policy.Policy;
import attestation.ima.policy.Rule;
import attestation.ima.policy.Simulation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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

    private static final Map<Whose, Long> OF_ROOT = Map.of(Whose.FOWNER, 0L, Whose.FGROUP, 0L);
    private static final Map<Whose, Long> BY_ROOT =
            Map.of(
                    Whose.UID,
                    0L,
                    Whose.EUID,
                    0L,
                    Whose.GID,
                    0L,
                    Whose.EGID,
                    0L,
                    Whose.FOWNER,
                    0L,
                    Whose.FGROUP,
                    0L);

    private Appraised() {}

    /** Whether it can stop the boot: a file of root is appraised when root uses it. */
    public static boolean boot(Policy policy) {
        return BOOT.stream().anyMatch(hook -> appraised(policy, hook, BY_ROOT));
    }

    /** Whether programs and libraries of root are appraised when some user runs them. */
    static boolean programs(Policy policy) {
        return EXECUTION.stream().anyMatch(hook -> appraised(policy, hook, OF_ROOT));
    }

    private static boolean appraised(Policy policy, Hook hook, Map<Whose, Long> ids) {
        Access access =
                new Access(
                        hook,
                        mask(hook),
                        OptionalLong.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        ids,
                        Optional.empty());
        return Simulation.explain(policy, access).stream()
                .filter(decision -> decision.kind() == Action.Kind.APPRAISE)
                .flatMap(Appraised::deciding)
                .anyMatch(rule -> !rule.action().dont());
    }

    private static Stream<Rule> deciding(Simulation.Decision decision) {
        return Stream.concat(decision.perhaps().stream(), decision.decides().stream());
    }

    private static Set<Mask.Access> mask(Hook hook) {
        return EXECUTION.contains(hook) || hook == Hook.CREDS_CHECK
                ? Set.of(Mask.Access.MAY_EXEC)
                : Set.of(Mask.Access.MAY_READ);
    }
}
