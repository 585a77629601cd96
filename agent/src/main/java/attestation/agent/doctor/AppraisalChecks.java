// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.FileHashes;
import attestation.ima.signature.FileVerifier;
import attestation.ima.signature.Verdict;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Appraisal: its mode, and the signatures that it asks for. */
final class AppraisalChecks {
    private static final String APPRAISAL = "IMA-appraisal";

    private AppraisalChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("package signatures", "rpm-plugin", false, PackageChecks::plugin),
                new Check("package signatures", "package-files", false, PackageChecks::files),
                new Check("package signatures", "signed-files", false, AppraisalChecks::files),
                new Check(APPRAISAL, "appraise-mode", false, AppraisalChecks::mode),
                new Check("EVM", "evm", false, EvmCheck::find));
    }

    private static Finding files(Host host) {
        List<String> good = new ArrayList<>();
        List<String> bad = new ArrayList<>();
        try {
            FileVerifier verifier =
                    new FileVerifier(host.xattrs(), FileHashes.all(), KeyChecks.trusted(host));
            for (String name : Samples.of(host)) {
                Verdict verdict = verifier.ima(host.files().at(name));
                boolean signed = verdict.outcome() == Verdict.Outcome.SIGNED;
                (signed ? good : bad).add(signed ? name : name + " (" + verdict.why() + ")");
            }
        } catch (IOException e) {
            return Finding.unknown("samples of programs: " + e.getMessage(), "sudo agent doctor");
        }
        return sampled(host, good, bad);
    }

    private static Finding sampled(Host host, List<String> good, List<String> bad) {
        String counted = good.size() + " of " + (good.size() + bad.size()) + " samples are signed";
        if (good.isEmpty() && bad.isEmpty()) {
            return Finding.unknown("no program to sample was found", "");
        }
        if (bad.isEmpty()) {
            return Finding.ok(counted);
        }
        String repair =
                host.distribution()
                        .choose(
                                "ima-add-sigs, or dnf reinstall '*'",
                                "agent ima sign --key KEY.pem FILE…");
        return host.policy().filter(Appraised::programs).isPresent()
                ? Finding.problem(counted + "; will be denied: " + named(bad), repair)
                : Finding.ok(counted + ", and no policy asks for it");
    }

    private static String named(List<String> bad) {
        return bad.getFirst() + (bad.size() > 1 ? " and " + (bad.size() - 1) + " more" : "");
    }

    private static Finding mode(Host host) {
        if (host.kernel().arguments().isEmpty()) {
            return Finding.unknown("/proc/cmdline cannot be read", "sudo agent doctor");
        }
        String asked = asked(host).orElse("");
        if (lenient(host).isPresent()) {
            return Finding.warning(
                    "ima_appraise=" + asked + ": nothing is denied",
                    KernelChecks.removeArgument(host, "ima_appraise=" + asked) + ", then reboot");
        }
        return Finding.ok(
                switch (asked) {
                    case "" -> "enforce, the default";
                    case "enforce" -> "ima_appraise=enforce";
                    default -> "ima_appraise=" + asked + ", ignored under Secure Boot";
                });
    }

    private static Optional<String> asked(Host host) {
        return host.kernel().argument("ima_appraise").stream().findFirst();
    }

    /** The mode in which this kernel appraises and denies nothing; empty when it denies. */
    static Optional<String> lenient(Host host) {
        return host.secureBoot().orElse(false)
                ? Optional.empty()
                : asked(host).filter(mode -> !mode.equals("enforce"));
    }
}
