// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.KeyFiles;
import attestation.ima.policy.Action;
import attestation.ima.policy.Policy;
import attestation.ima.policy.Rule;
import attestation.ima.signature.KeyIds;
import attestation.ima.signature.TrustedKey;
import attestation.ima.signature.TrustedKeys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The keys by which signatures are judged: on disk, and in the kernel's keyring. */
final class KeyChecks {
    private static final String GROUP = "signing keys";
    private static final String FOLDER = KeyLoading.FOLDER;

    private KeyChecks() {}

    static List<Check> all() {
        return List.of(
                new Check(GROUP, "keys-on-disk", false, KeyChecks::onDisk),
                new Check(GROUP, "keyring", false, KeyringCheck::find));
    }

    /** The keys in /etc/keys/ima; none when there are none. */
    static TrustedKeys trusted(Host host) throws IOException {
        Path folder = host.files().at(FOLDER);
        return Files.isDirectory(folder)
                ? KeyFiles.read(List.of(folder))
                : new TrustedKeys(List.of());
    }

    /** Whether the installed policy asks for signatures. */
    static boolean needed(Host host) {
        Optional<Policy> policy = host.policy();
        boolean asked =
                policy.isPresent()
                        && policy.get().rules().stream()
                                .anyMatch(
                                        rule ->
                                                rule.action() == Action.APPRAISE
                                                        && rule.flags()
                                                                .contains(Rule.Flag.SIGNATURE));
        return asked || host.mustBeSigned().orElse(false);
    }

    private static Finding onDisk(Host host) {
        try {
            List<TrustedKey> keys = trusted(host).all();
            if (keys.isEmpty()) {
                return needed(host)
                        ? Finding.problem(
                                "no key in " + FOLDER + ", but the policy asks for signatures",
                                host.distribution()
                                        .choose(
                                                "dnf reinstall redhat-release",
                                                "install your certificate: cp KEY.der " + FOLDER))
                        : Finding.ok("no key in " + FOLDER + ", and none is asked for");
            }
            return judged(host, keys);
        } catch (IOException e) {
            return Finding.unknown(FOLDER + ": " + e.getMessage(), "sudo agent doctor");
        }
    }

    private static Finding judged(Host host, List<TrustedKey> keys) {
        List<String> seen = new ArrayList<>();
        List<String> expired = new ArrayList<>();
        for (TrustedKey key : keys) {
            String name = KeyIds.text(key.kernelId()) + " " + key.source();
            boolean past =
                    key.certificate()
                            .filter(c -> c.getNotAfter().toInstant().isBefore(host.now()))
                            .isPresent();
            (past ? expired : seen).add(name);
        }
        return expired.isEmpty()
                ? Finding.ok(String.join(", ", seen))
                : Finding.warning(
                        "expired: " + String.join(", ", expired),
                        "the kernel still takes them; install the newer certificate in " + FOLDER);
    }
}
