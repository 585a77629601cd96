// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What of the uses that matter for attestation a policy measures. */
public final class Coverage {
    /** The kernel's own file systems, on which there is no program, {@code linux/magic.h}. */
    private static final Set<Long> KERNEL_OWN =
            Set.of(
                    0x9fa0L,
                    0x62656572L,
                    0x64626720L,
                    0x1cd1L,
                    0x42494e4dL,
                    0x73636673L,
                    0xf97cff8cL,
                    0x43415d53L,
                    0x27e0ebL,
                    0x63677270L,
                    0x6e736673L,
                    0xde5e81e4L);

    private Coverage() {}

    /** How far a use is measured. */
    public enum Extent {
        /** Whatever file it is on, wherever it lies. */
        ALWAYS,
        /** Only where conditions of the rules hold: file systems, users, names. */
        PARTLY,
        NEVER
    }

    /**
     * One use.
     *
     * @param what for people
     * @param rules those that measure it or keep it from being measured
     */
    public record Use(Hook hook, String what, Extent extent, List<Rule> rules) {}

    /** All uses, the most telling first. */
    public static List<Use> of(Policy policy) {
        List<Use> uses = new ArrayList<>();
        uses.add(use(policy, Hook.BPRM_CHECK, "programs that are executed"));
        uses.add(use(policy, Hook.MMAP_CHECK, "libraries and other code that is mapped"));
        uses.add(use(policy, Hook.MODULE_CHECK, "kernel modules"));
        uses.add(use(policy, Hook.FIRMWARE_CHECK, "firmware that drivers load"));
        uses.add(use(policy, Hook.POLICY_CHECK, "IMA policies loaded by path"));
        uses.add(use(policy, Hook.KEXEC_KERNEL_CHECK, "kernels for kexec"));
        uses.add(use(policy, Hook.KEXEC_INITRAMFS_CHECK, "initramfs for kexec"));
        uses.add(use(policy, Hook.KEXEC_CMDLINE, "command lines for kexec"));
        uses.add(use(policy, Hook.KEY_CHECK, "keys loaded into keyrings"));
        uses.add(use(policy, Hook.CRITICAL_DATA, "critical data of the kernel"));
        uses.add(use(policy, Hook.FILE_CHECK, "files that root reads: scripts, settings"));
        return uses;
    }

    /** By root on its files: what an attacker with a foothold wants to be unmeasured. */
    private static Use use(Policy policy, Hook hook, String what) {
        Access access = Access.byRoot(hook);
        Simulation.Decision decision = Simulation.decide(policy, access, Action.Kind.MEASURE);
        List<Rule> rules = new ArrayList<>(decision.perhaps());
        rules.removeIf(Coverage::skipsKernelOwn);
        decision.decides().ifPresent(rules::add);
        return new Use(hook, what, extent(rules), rules);
    }

    private static boolean skipsKernelOwn(Rule rule) {
        return rule.action().dont()
                && rule.fsMagic().isPresent()
                && KERNEL_OWN.contains(rule.fsMagic().getAsLong());
    }

    private static Extent extent(List<Rule> rules) {
        boolean any = rules.stream().anyMatch(rule -> !rule.action().dont());
        if (!any) {
            return Extent.NEVER;
        }
        boolean always =
                rules.stream().noneMatch(rule -> rule.action().dont())
                        && rules.stream().anyMatch(Rule::unconditional);
        return always ? Extent.ALWAYS : Extent.PARTLY;
    }
}
