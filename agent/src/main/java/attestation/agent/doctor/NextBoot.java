// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.PolicyNeeds;
import attestation.agent.integrity.Reading;
import attestation.ima.policy.Action;
import attestation.ima.policy.Policy;
import attestation.ima.policy.PolicyParser;
import attestation.ima.policy.Problem;
import attestation.ima.policy.Requirement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Whether the next boot ends: PID 1 stops it when the kernel refuses the policy, and nothing runs
 * where it appraises before its key is there.
 */
final class NextBoot {
    private NextBoot() {}

    static Finding find(Host host) {
        Reading reading = host.read(Host.POLICY);
        if (reading instanceof Reading.Absent) {
            return Finding.ok("no " + Host.POLICY + ": nothing is appraised at boot");
        }
        if (reading.content().isEmpty()) {
            return Finding.unknown(Host.POLICY + ": " + reading.whyNot(), "sudo agent doctor");
        }
        Policy policy = host.policy().orElseThrow();
        Optional<Finding> refused = refused(host, reading.content().get());
        if (refused.isPresent()) {
            return refused.get();
        }
        if (host.mustBeSigned().orElse(false)) {
            return keysAtBoot(host);
        }
        if (!policy.does(Action.APPRAISE)) {
            return Finding.ok(Host.POLICY + " appraises nothing, so it cannot stop the boot");
        }
        if (!Appraised.boot(policy)) {
            return Finding.ok(
                    Host.POLICY + " appraises no file of root that root uses: it stops no boot");
        }
        if (!KeyChecks.needed(host)) {
            return Finding.warning(
                    Host.POLICY + " appraises by digests: files without security.ima will not run",
                    "boot once with ima_appraise=fix ima_policy=appraise_tcb and read every file");
        }
        return keysAtBoot(host);
    }

    /**
     * PID 1 stops the boot ("Failed to load IMA policy", "Freezing execution") when the kernel
     * refuses the policy by its path, and then a line of it.
     */
    private static Optional<Finding> refused(Host host, String text) {
        Policy lines = PolicyParser.parse(text.getBytes(StandardCharsets.ISO_8859_1));
        List<Requirement> unmet = PolicyNeeds.unmet(lines, host.kernel(), host.files());
        if (!lines.problems().isEmpty()) {
            Problem first = lines.problems().getFirst();
            return Optional.of(stops("line " + first.line() + ": " + first.message()));
        }
        if (!unmet.isEmpty()) {
            String first = "line " + unmet.getFirst().line() + ": " + unmet.getFirst();
            return Optional.of(
                    host.kernel().config().isPresent()
                            ? stops(first)
                            : Finding.unknown(
                                    "no configuration of this kernel is readable: " + first,
                                    "agent doctor kernel-options"));
        }
        Finding signed = PolicyChecks.signed(host);
        return switch (signed.state()) {
            case OK -> Optional.empty();
            case PROBLEM, WARNING -> Optional.of(stops(signed.evidence()));
            case UNKNOWN ->
                    Optional.of(
                            Finding.unknown(
                                    "whether the next boot loads it: " + signed.evidence(),
                                    "sudo agent doctor next-boot policy-signed"));
        };
    }

    private static Finding stops(String why) {
        return doNotReboot(
                "the kernel refuses " + Host.POLICY + ", and PID 1 then stops the boot: " + why,
                "remove the file from rescue media, or boot with init=/bin/sh");
    }

    private static Finding keysAtBoot(Host host) {
        try {
            if (KeyChecks.trusted(host).all().isEmpty()) {
                return hangs(host, "there is no key");
            }
            if (!host.files().exists("/usr/bin/dracut") || BootChecks.configured(host).isEmpty()) {
                return hangs(host, "no initramfs module loads the keys");
            }
            Finding image = InitramfsCheck.find(host);
            return switch (image.state()) {
                case OK ->
                        Finding.ok(
                                "keys are on disk and the initramfs loads them before the policy");
                case PROBLEM, WARNING -> hangs(host, image.evidence());
                case UNKNOWN ->
                        Finding.unknown(
                                "whether the initramfs loads the keys: " + image.evidence(),
                                "sudo agent doctor next-boot initramfs");
            };
        } catch (IOException e) {
            return Finding.unknown("keys or dracut: " + e.getMessage(), "sudo agent doctor");
        }
    }

    /** What is said only of what is needed at boot: a policy or its rules ask for the keys. */
    private static Finding hangs(Host host, String why) {
        boolean policyItself = host.mustBeSigned().orElse(false);
        return doNotReboot(
                Host.POLICY
                        + (policyItself
                                ? " must be signed, but "
                                : " appraises by signatures, but ")
                        + why
                        + ": the next boot can hang",
                host.secureBoot().orElse(true) || policyItself
                        ? "remove the file from rescue media"
                        : "boot with ima_appraise=log");
    }

    private static Finding doNotReboot(String why, String rescue) {
        return Finding.problem(
                "DO NOT REBOOT: " + why,
                "mv "
                        + Host.POLICY
                        + " "
                        + Host.POLICY
                        + ".off until agent doctor policy-file, policy-signed, dracut-module,"
                        + " initramfs and keys-on-disk are ok; rescue: "
                        + rescue);
    }
}
