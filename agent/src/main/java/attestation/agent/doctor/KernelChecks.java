// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.Reading;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the kernel was built with and booted with. */
final class KernelChecks {
    private static final String GROUP = "kernel";

    private KernelChecks() {}

    static List<Check> all() {
        return List.of(
                new Check(GROUP, "kernel-ima", true, KernelChecks::ima),
                new Check(GROUP, "kernel-options", false, KernelChecks::options),
                new Check(GROUP, "secure-boot", false, KernelChecks::secureBoot),
                new Check(GROUP, "lockdown", false, KernelChecks::lockdown));
    }

    private static Finding ima(Host host) {
        if (host.files().exists(host.ima(""))) {
            return Finding.ok(host.ima("") + " is there");
        }
        if (host.kernel().argument("ima").contains("off")) {
            return Finding.problem(
                    "/proc/cmdline has ima=off", removeArgument(host, "ima=off") + ", then reboot");
        }
        Optional<String> option = host.kernel().option("CONFIG_IMA");
        if (option.equals(Optional.of("y"))) {
            return Finding.problem(
                    host.ima("") + " is not there, although CONFIG_IMA=y",
                    "mount -t securityfs securityfs /sys/kernel/security");
        }
        return Finding.problem(
                host.ima("")
                        + " is not there; CONFIG_IMA: "
                        + option.orElse(
                                "cannot be told, no configuration of this kernel is readable"),
                host.distribution().choose("dnf install kernel", "apt install linux-image-amd64")
                        + ", the distribution's kernel has it, then reboot");
    }

    static String removeArgument(Host host, String argument) {
        return host.distribution()
                .choose(
                        "grubby --update-kernel=ALL --remove-args=" + argument,
                        "take "
                                + argument
                                + " out of GRUB_CMDLINE_LINUX in /etc/default/grub, update-grub");
    }

    static String addArgument(Host host, String argument) {
        return host.distribution()
                .choose(
                        "grubby --update-kernel=ALL --args=" + argument,
                        "add "
                                + argument
                                + " to GRUB_CMDLINE_LINUX in /etc/default/grub, update-grub");
    }

    private static Finding options(Host host) {
        if (host.kernel().config().isEmpty()) {
            return Finding.unknown(
                    "no configuration of this kernel is readable (/boot/config-…, /proc/config.gz)",
                    "install the kernel's configuration, or read it as root");
        }
        List<String> limits = new ArrayList<>();
        limit(host, limits, "CONFIG_IMA_READ_POLICY", "the loaded policy cannot be read back");
        limit(host, limits, "CONFIG_IMA_WRITE_POLICY", "a policy is loaded once a boot");
        limit(host, limits, "CONFIG_IMA_KEXEC", "after a kexec nothing verifies until a cold boot");
        limit(host, limits, "CONFIG_IMA_APPRAISE_MODSIG", "appended signatures do not count");
        limit(
                host,
                limits,
                "CONFIG_INTEGRITY_TRUSTED_KEYRING",
                "keys are taken from keyring _ima of root, not from .ima");
        if (host.kernel().option("CONFIG_IMA_DISABLE_HTABLE").equals(Optional.of("y"))) {
            limits.add("CONFIG_IMA_DISABLE_HTABLE=y: the list has duplicates");
        }
        String facts =
                "template "
                        + host.kernel().option("CONFIG_IMA_DEFAULT_TEMPLATE").orElse("?")
                        + ", hash "
                        + host.kernel().option("CONFIG_IMA_DEFAULT_HASH").orElse("?");
        return Finding.ok(
                limits.isEmpty() ? facts : facts + "; limits: " + String.join("; ", limits));
    }

    private static void limit(Host host, List<String> limits, String option, String meaning) {
        if (!host.kernel().option(option).equals(Optional.of("y"))) {
            limits.add("no " + option + ": " + meaning);
        }
    }

    private static Finding secureBoot(Host host) {
        return host.secureBoot()
                .map(
                        on ->
                                Finding.ok(
                                        on
                                                ? "on: policies must be signed where the kernel's"
                                                        + " arch policy says so"
                                                : "off"))
                .orElseGet(
                        () ->
                                Finding.unknown(
                                        "efivars SecureBoot-… cannot be read",
                                        "mount -t efivarfs efivarfs /sys/firmware/efi/efivars"));
    }

    private static Finding lockdown(Host host) {
        Reading reading = host.read("/sys/kernel/security/lockdown");
        return switch (reading) {
            case Reading.Content content -> Finding.ok(content.text().strip());
            case Reading.Absent _ -> Finding.ok("this kernel has none");
            case Reading.Unreadable bad -> Finding.unknown("lockdown: " + bad.reason(), "");
        };
    }
}
