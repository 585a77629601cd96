// SPDX-License-Identifier: Apache-2.0
package attestation.agent.setup;

import attestation.agent.doctor.Appraised;
import attestation.agent.doctor.Check;
import attestation.agent.doctor.Doctor;
import attestation.agent.doctor.Finding;
import attestation.agent.doctor.Host;
import attestation.agent.doctor.KeyLoading;
import attestation.agent.doctor.State;
import attestation.agent.integrity.FileHashes;
import attestation.agent.integrity.KeyFiles;
import attestation.agent.integrity.PolicyNeeds;
import attestation.ima.policy.Action;
import attestation.ima.policy.Policy;
import attestation.ima.policy.PolicyParser;
import attestation.ima.policy.Requirement;
import attestation.ima.policy.Rule;
import attestation.ima.signature.FileVerifier;
import attestation.ima.signature.TrustedKeys;
import attestation.ima.signature.Verdict;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at policy and host, changes nothing. */
public final class Planner {
    private static final String KEYS = "/etc/keys/ima";
    private static final String DRACUT = "/usr/bin/dracut";

    private final Host host;
    private final List<String> refusals = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    public Planner(Host host) {
        this.host = host;
    }

    /**
     * The plan for this policy.
     *
     * @throws IOException when something that decides cannot be read
     */
    public Plan plan(Path file) throws IOException {
        byte[] bytes = read(file);
        Policy policy = PolicyParser.parseFile(bytes);
        policy.problems().forEach(p -> refusals.add(file + ":" + p.line() + ": " + p.message()));
        List<Requirement> unmet = PolicyNeeds.unmet(policy, host.kernel(), host.files());
        unmet.forEach(need -> refusals.add(file + ":" + need.line() + ": " + need));
        signature(file);
        boolean mustBeSigned = host.mustBeSigned().orElse(false);
        if (policy.does(Action.APPRAISE) || mustBeSigned) {
            appraisal(policy, mustBeSigned);
        }
        boolean loadNow = host.files().exists(Host.LOADED);
        notes.add(
                loadNow
                        ? "a loaded policy stays until the reboot, whatever --undo restores"
                        : "this kernel has taken its policy of this boot: it takes the new one at"
                                + " the next boot");
        boolean boot = Appraised.boot(policy) || mustBeSigned;
        boolean zipl = boot && host.files().exists("/boot/bootmap");
        byte[] signature = host.xattrs().get(file, FileVerifier.IMA).orElse(new byte[0]);
        return new Plan(refusals, bytes, signature, loadNow, boot, zipl, notes);
    }

    private static byte[] read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(PolicyParser.MAX_BYTES + 1);
        }
    }

    /** Where the kernel wants a signed policy, an unsigned one leaves the host without any. */
    private void signature(Path file) throws IOException {
        Optional<Boolean> needed = host.mustBeSigned();
        if (needed.equals(Optional.of(false))) {
            return;
        }
        Verdict verdict = new FileVerifier(host.xattrs(), FileHashes.all(), keys()).ima(file);
        if (verdict.outcome() != Verdict.Outcome.SIGNED) {
            refusals.add(
                    file
                            + ": "
                            + verdict.why()
                            + (needed.isPresent()
                                    ? "; this kernel loads signed policies only"
                                    : "; whether this kernel asks for it cannot be told")
                            + ": agent ima sign --key KEY.pem --cert "
                            + KEYS
                            + "/KEY.der "
                            + file);
        }
    }

    private TrustedKeys keys() throws IOException {
        Path folder = host.files().at(KEYS);
        return Files.isDirectory(folder)
                ? KeyFiles.read(List.of(folder))
                : new TrustedKeys(List.of());
    }

    /** Keys are needed: by rules, or for the policy itself. */
    private void appraisal(Policy policy, boolean mustBeSigned) throws IOException {
        if (keys().all().isEmpty()) {
            refusals.add("no key in " + KEYS + ": nothing would run; cp KEY.der " + KEYS);
        }
        keyring();
        if (mustBeSigned || Appraised.boot(policy)) {
            dracut();
        }
        if (Appraised.boot(policy)) {
            boot(policy);
        } else if (!mustBeSigned) {
            notes.add(
                    "nothing loads the keys at boot by itself, what is appraised does not run until"
                            + " a unit does: agent doctor keyring names the command");
        }
    }

    /** What root runs at boot is appraised: the keys must be there first, and all be signed. */
    private void boot(Policy policy) throws IOException {
        boolean digests =
                policy.rules().stream()
                        .filter(rule -> rule.action() == Action.APPRAISE)
                        .anyMatch(
                                rule ->
                                        !rule.flags().contains(Rule.Flag.SIGNATURE)
                                                && rule.algorithms().isEmpty());
        if (digests) {
            refusals.add(
                    "it appraises by digests: files without security.ima would not run, and the"
                            + " next boot would hang (expected: appraise_type=imasig)");
        }
        unsignedPrograms();
    }

    private void dracut() {
        if (!host.files().exists(DRACUT)) {
            refusals.add(
                    "no dracut: nothing loads the keys before the policy, the next boot would hang;"
                            + " install dracut");
        }
    }

    private void unsignedPrograms() throws IOException {
        FileVerifier verifier = new FileVerifier(host.xattrs(), FileHashes.all(), keys());
        for (String name : Host.PROGRAMS) {
            Path path = host.files().at(name);
            if (Files.isRegularFile(path)) {
                Verdict verdict = verifier.ima(path);
                if (verdict.outcome() != Verdict.Outcome.SIGNED) {
                    refusals.add(name + ": " + verdict.why() + ": it would not run");
                }
            }
        }
    }

    /** The kernel must have the key already when the policy is loaded into this boot. */
    private void keyring() {
        Check keyring =
                Doctor.checks().stream()
                        .filter(check -> check.name().equals("keyring"))
                        .findFirst()
                        .orElseThrow();
        Finding finding = Doctor.run(List.of(keyring), host).getFirst().finding();
        if (finding.state() != State.OK
                || finding.evidence().contains("empty")
                || finding.evidence().startsWith("no keyring")) {
            refusals.add(finding.evidence() + ": load the key first: " + KeyLoading.command(host));
        }
    }
}
