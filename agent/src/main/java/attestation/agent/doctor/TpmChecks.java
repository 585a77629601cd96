// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.Reading;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The TPM and its banks. */
final class TpmChecks {
    private static final String GROUP = "TPM";

    private TpmChecks() {}

    static List<Check> all() {
        return List.of(
                new Check(GROUP, "tpm", true, TpmChecks::version),
                new Check(GROUP, "tpm-banks", true, TpmChecks::allocated),
                new Check(GROUP, "bank-hash", false, TpmChecks::bankHash),
                new Check(GROUP, "tpm-device", false, TpmChecks::device));
    }

    /** Names of the allocated banks; none when they cannot be told. */
    static List<String> banks(Host host) {
        List<String> banks = new ArrayList<>();
        try {
            for (String name : host.files().list(host.tpm().folder())) {
                if (name.startsWith("pcr-")) {
                    banks.add(name.substring("pcr-".length()));
                }
            }
        } catch (IOException e) {
            return List.of();
        }
        return banks;
    }

    private static Finding version(Host host) {
        String folder = host.tpm().folder();
        if (!host.files().exists(folder)) {
            return Finding.problem(
                    "no TPM: " + folder + " is not there",
                    "enable the TPM 2.0 in the firmware; agent tpm info");
        }
        Reading major = host.read(folder + "/tpm_version_major");
        return switch (major) {
            case Reading.Content content ->
                    content.text().strip().equals("2")
                            ? Finding.ok("TPM 2.0")
                            : Finding.problem(
                                    "TPM " + content.text().strip() + ".x (expected: 2)",
                                    "switch the chip to TPM 2.0 in the firmware, if it can");
            case Reading.Absent _ ->
                    Finding.unknown(folder + "/tpm_version_major is not there", "agent tpm info");
            case Reading.Unreadable bad ->
                    Finding.unknown("tpm_version_major: " + bad.reason(), "agent tpm info");
        };
    }

    private static Finding allocated(Host host) {
        List<String> banks = banks(host);
        if (banks.isEmpty()) {
            return Finding.unknown(
                    "no pcr-… below " + host.tpm().folder() + " (Linux 5.12 and later show them)",
                    "agent tpm info");
        }
        return banks.contains("sha256")
                ? Finding.ok(String.join(", ", banks))
                : Finding.problem(
                        "banks " + String.join(", ", banks) + " (expected: sha256 among them)",
                        "tpm2_pcrallocate sha256:all, then reboot; or in the firmware's set-up");
    }

    private static Finding bankHash(Host host) {
        List<String> weak = new ArrayList<>();
        for (String bank : banks(host)) {
            boolean module = host.kernel().option("CONFIG_CRYPTO_SHA512").equals(Optional.of("m"));
            if (module && (bank.equals("sha384") || bank.equals("sha512"))) {
                weak.add(bank);
            }
        }
        if (host.kernel().config().isEmpty() || banks(host).isEmpty()) {
            return Finding.unknown(
                    "banks or the kernel's configuration cannot be read",
                    "agent doctor tpm-banks kernel-options");
        }
        return weak.isEmpty()
                ? Finding.ok("the kernel computes the hash of every bank")
                : Finding.warning(
                        "the kernel pads SHA-1 into " + weak + " (CONFIG_CRYPTO_SHA512=m)",
                        "have verifiers ask for the sha256 bank");
    }

    private static Finding device(Host host) {
        String name = host.tpm().device();
        Path device = host.files().at(name);
        if (!Files.exists(device)) {
            return Finding.problem(
                    name + " is not there", "modprobe tpm_tis; modprobe tpm_crb; dmesg | grep tpm");
        }
        Optional<ServiceAccount> agent = ServiceAccount.of(host);
        return agent.isPresent() ? byAgent(agent.get(), name, device) : byThisUser(name, device);
    }

    private static Finding byAgent(ServiceAccount agent, String name, Path device) {
        try {
            return agent.mayUse(device)
                    ? Finding.ok(name + " can be opened by " + agent.name())
                    : Finding.problem(
                            name + " cannot be opened by " + agent.name(),
                            "udevadm trigger --settle "
                                    + name
                                    + "; ls -l "
                                    + name
                                    + " (expected: group tss, mode 0660)");
        } catch (IOException e) {
            return Finding.unknown(name + ": " + e.getMessage(), "sudo agent doctor tpm-device");
        }
    }

    private static Finding byThisUser(String name, Path device) {
        return Files.isReadable(device) && Files.isWritable(device)
                ? Finding.ok(name + " can be opened by this user")
                : Finding.unknown(
                        name + " cannot be opened by this user",
                        "sudo agent doctor tpm-device; the agent's user must be in group tss:"
                                + " usermod -aG tss attestation-agent");
    }
}
