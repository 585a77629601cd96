// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.FileHashes;
import attestation.agent.integrity.PolicyNeeds;
import attestation.agent.integrity.Reading;
import attestation.ima.policy.Action;
import attestation.ima.policy.Policy;
import attestation.ima.policy.PolicyParser;
import attestation.ima.policy.Problem;
import attestation.ima.policy.Requirement;
import attestation.ima.signature.FileVerifier;
import attestation.ima.signature.Verdict;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The policy: on disk, signed, accepted, loaded. */
final class PolicyChecks {
    private static final String GROUP = "policy";
    private static final String SAMPLES = "/usr/share/ima/policies";

    private PolicyChecks() {}

    static List<Check> all() {
        return List.of(
                new Check(GROUP, "policy-file", false, PolicyChecks::file),
                new Check(GROUP, "policy-signed", false, PolicyChecks::signed),
                new Check(GROUP, "samples-signed", false, PolicyChecks::samples),
                new Check(GROUP, "policy-accepted", false, PolicyChecks::accepted),
                new Check(GROUP, "policy-loaded", false, PolicyChecks::loaded));
    }

    private static Finding file(Host host) {
        Reading reading = host.read(Host.POLICY);
        return switch (reading) {
            case Reading.Absent _ -> absent(host);
            case Reading.Unreadable bad ->
                    Finding.unknown(Host.POLICY + ": " + bad.reason(), "sudo agent doctor");
            case Reading.Content content -> parsed(host, content.text());
        };
    }

    private static Finding absent(Host host) {
        boolean builtIn = !host.kernel().argument("ima_policy").isEmpty();
        String repair =
                host.distribution()
                        .choose(
                                "cp --preserve=xattr "
                                        + SAMPLES
                                        + "/02-keylime-remote-attestation "
                                        + Host.POLICY,
                                "agent ima setup --policy FILE");
        return builtIn
                ? Finding.ok(
                        "no "
                                + Host.POLICY
                                + "; the kernel's own: "
                                + host.kernel().argument("ima_policy"))
                : Finding.warning("no " + Host.POLICY + ", and no ima_policy= either", repair);
    }

    private static Finding parsed(Host host, String text) {
        Policy policy = PolicyParser.parseFile(text.getBytes(StandardCharsets.ISO_8859_1));
        String check = "agent ima policy check " + Host.POLICY;
        if (!policy.problems().isEmpty()) {
            Problem first = policy.problems().getFirst();
            return Finding.problem(
                    Host.POLICY
                            + ":"
                            + first.line()
                            + ": "
                            + first.message()
                            + "; the kernel refuses the whole policy",
                    "correct the line; " + check);
        }
        List<Requirement> unmet = PolicyNeeds.unmet(policy, host.kernel(), host.files());
        return unmet.isEmpty()
                ? Finding.ok(policy.rules().size() + " rules, all of them accepted")
                : Finding.warning(
                        "line " + unmet.getFirst().line() + ": " + unmet.getFirst(), check);
    }

    static Finding signed(Host host) {
        if (!host.files().exists(Host.POLICY)) {
            return Finding.ok("no " + Host.POLICY);
        }
        return verdict(host, Host.POLICY, host.mustBeSigned());
    }

    private static Finding verdict(Host host, String path, Optional<Boolean> needed) {
        try {
            Verdict verdict =
                    new FileVerifier(host.xattrs(), FileHashes.all(), KeyChecks.trusted(host))
                            .ima(host.files().at(path));
            if (verdict.outcome() == Verdict.Outcome.SIGNED) {
                return Finding.ok(
                        path + " is signed by " + verdict.key().map(k -> k.source()).orElse("?"));
            }
            return unsigned(host, path + ": " + verdict.why(), needed);
        } catch (IOException e) {
            return Finding.unknown(path + ": " + e.getMessage(), "sudo agent doctor");
        }
    }

    private static Finding unsigned(Host host, String evidence, Optional<Boolean> needed) {
        String repair =
                host.distribution()
                                .choose(
                                        "dnf install rpm-plugin-ima && dnf reinstall ima-evm-utils, then"
                                                + " cp --preserve=xattr; or your own key: ",
                                        "")
                        + "agent ima sign --key KEY.pem --cert "
                        + KeyLoading.key(host)
                        + " "
                        + Host.POLICY;
        if (needed.isEmpty()) {
            return Finding.unknown(
                    evidence + "; whether this kernel asks for a signature cannot be told", repair);
        }
        return needed.get()
                ? Finding.problem(evidence + "; this kernel loads signed policies only", repair)
                : Finding.ok(evidence + "; this kernel does not ask for a signature");
    }

    private static Finding samples(Host host) {
        List<String> unsigned = new ArrayList<>();
        try {
            List<String> names = host.files().list(SAMPLES);
            for (String name : names) {
                Path path = host.files().at(SAMPLES + "/" + name);
                boolean file = Files.isRegularFile(path);
                if (file && host.xattrs().get(path, FileVerifier.IMA).isEmpty()) {
                    unsigned.add(name);
                }
            }
            if (names.isEmpty()) {
                return Finding.ok("no sample policies in " + SAMPLES);
            }
        } catch (IOException e) {
            return Finding.unknown(SAMPLES + ": " + e.getMessage(), "sudo agent doctor");
        }
        return unsigned.isEmpty()
                ? Finding.ok("the sample policies have security.ima")
                : Finding.warning(
                        "without security.ima: " + unsigned,
                        "dnf install rpm-plugin-ima && dnf reinstall ima-evm-utils");
    }

    private static Finding accepted(Host host) {
        Reading manager = host.journal().manager();
        Reading kernel = host.journal().kernel();
        if (manager.content().isEmpty() && kernel.content().isEmpty()) {
            return Finding.unknown(
                    "neither PID 1's nor the kernel's messages are readable: " + kernel.whyNot(),
                    "sudo agent doctor, or join group systemd-journal");
        }
        String said = manager.content().orElse("") + "\n" + kernel.content().orElse("");
        Optional<String> last =
                said.lines()
                        .filter(line -> isRefusal(line) || isLoad(line))
                        .reduce((before, after) -> after);
        if (last.filter(PolicyChecks::isRefusal).isPresent()) {
            return Finding.problem(
                    AuditChecks.shown(last.get()),
                    "agent ima policy check " + Host.POLICY + "; agent doctor policy-signed");
        }
        if (last.isPresent()) {
            return Finding.ok("the custom policy was loaded in this boot");
        }
        return host.files().exists(Host.POLICY)
                ? Finding.warning(
                        Host.POLICY + " is installed, but no message says that it was loaded",
                        "reboot, or load it now: echo " + Host.POLICY + " >" + host.ima("policy"))
                : Finding.ok("no custom policy");
    }

    private static boolean isRefusal(String line) {
        return line.contains("Failed to load the IMA custom policy")
                || line.contains("signed policy required")
                || line.contains("op=policy_update cause=failed")
                || line.contains("policy update failed");
    }

    private static boolean isLoad(String line) {
        return line.contains("Successfully loaded the IMA custom policy")
                || line.contains("op=policy_update cause=completed")
                || line.contains("policy update completed");
    }

    private static Finding loaded(Host host) {
        String path = host.ima("policy");
        Reading reading = host.read(path);
        if (reading.content().isPresent()) {
            Policy policy =
                    PolicyParser.parse(
                            reading.content().get().getBytes(StandardCharsets.ISO_8859_1));
            return policy.does(Action.MEASURE)
                    ? Finding.ok(policy.rules().size() + " rules are loaded, read back")
                    : Finding.problem(
                            "the loaded policy measures nothing",
                            "agent ima setup --policy FILE, then reboot");
        }
        if (!host.files().exists(host.ima(""))) {
            return Finding.unknown(host.ima("") + " is not there", "agent doctor kernel-ima");
        }
        if (reading instanceof Reading.Absent) {
            return Finding.ok(
                    path
                            + " is gone: a custom policy was loaded (inferred; this kernel does not"
                            + " show it)");
        }
        List<String> builtIn = host.kernel().argument("ima_policy");
        return builtIn.isEmpty()
                ? Finding.unknown(path + ": " + reading.whyNot(), "sudo agent doctor")
                : Finding.ok("inferred from /proc/cmdline: ima_policy=" + builtIn.getLast());
    }
}
