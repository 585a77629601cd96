// SPDX-License-Identifier: Apache-2.0
package attestation.agent.integrity;

import attestation.ima.policy.Policy;
import attestation.ima.policy.Requirement;
import attestation.ima.policy.Requirement.Need;

import java.util.List;
import java.util.Optional;

/** Which needs of a policy this host's kernel does not surely fulfil. */
public final class PolicyNeeds {
    private PolicyNeeds() {}

    /** In the order of the lines. */
    public static List<Requirement> unmet(Policy policy, KernelFacts kernel, HostFiles files) {
        return policy.requirements().stream()
                .filter(requirement -> !fulfils(requirement.need(), kernel, files))
                .toList();
    }

    private static boolean fulfils(Need need, KernelFacts kernel, HostFiles files) {
        return switch (need) {
            case Need.Version version ->
                    kernel.atLeast(version.major(), version.minor()).orElse(false);
            case Need.Option option -> kernel.option(option.name()).equals(Optional.of("y"));
            case Need.Labels _ ->
                    files.exists("/sys/fs/selinux/enforce")
                            || files.exists("/sys/fs/smackfs/load2");
        };
    }
}
