// SPDX-License-Identifier: Apache-2.0
package attestation.agent.setup;

import java.util.List;

/**
 * What would be done, or why nothing is.
 *
 * @param refusals reasons, each with what to do first; when there is one, nothing is done
 * @param signature of the policy file, {@code security.ima}; empty when it has none
 * @param loadNow whether this kernel takes a policy without a reboot
 * @param dracut whether the initramfs must be made to load the keys
 * @param zipl whether the boot loader of IBM Z must be told
 * @param notes what the operator should know
 */
public record Plan(
        List<String> refusals,
        byte[] policy,
        byte[] signature,
        boolean loadNow,
        boolean dracut,
        boolean zipl,
        List<String> notes) {
    /** One line for each step, in order. */
    public List<String> steps() {
        List<String> steps = new java.util.ArrayList<>();
        if (dracut) {
            steps.add("write /etc/dracut.conf.d/98-integrity.conf; dracut -f --regenerate-all");
        }
        if (zipl) {
            steps.add("zipl");
        }
        if (loadNow) {
            steps.add("load the policy now, and go on only when the kernel takes it");
        }
        steps.add("keep what is replaced in /etc/ima/ima-policy.before-setup");
        steps.add(
                "install it as /etc/ima/ima-policy, "
                        + (signature.length > 0 ? "with its security.ima" : "unsigned"));
        steps.add("read back what was installed");
        return steps;
    }
}
