// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.HostFiles;
import attestation.agent.integrity.KernelFacts;
import attestation.agent.integrity.Reading;
import attestation.ima.policy.Policy;
import attestation.ima.policy.PolicyParser;
import attestation.ima.signature.Xattrs;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The host that is looked at.
 *
 * @param tpm the TPM that is judged
 * @param initramfs what its images hold
 * @param packages what its packages say of their files
 * @param xattrs its extended attributes
 * @param now the time by which certificates are judged
 */
public record Host(
        HostFiles files,
        KernelFacts kernel,
        Distribution distribution,
        HostTpm tpm,
        Journal journal,
        Initramfs initramfs,
        PackageFiles packages,
        Xattrs xattrs,
        Instant now) {
    /** Where PID 1 looks for a policy. */
    public static final String POLICY = "/etc/ima/ima-policy";

    /** Where a policy is loaded. */
    public static final String LOADED = "/sys/kernel/security/ima/policy";

    /** Programs without which a host does not boot or is not attested. */
    public static final List<String> PROGRAMS =
            List.of(
                    "/usr/bin/bash",
                    "/usr/bin/ls",
                    "/usr/bin/cp",
                    "/usr/lib/systemd/systemd",
                    "/usr/lib/attestation-agent/runtime/bin/java",
                    "/usr/lib/attestation-agent/runtime/lib/server/libjvm.so");

    private static final String IMA = "/sys/kernel/security/integrity/ima";
    private static final String IMA_BEFORE_4_18 = "/sys/kernel/security/ima";

    /** This host, judged also by what its programs say. */
    public static Host running(Path root, Xattrs xattrs, Instant now) {
        return below(
                root, new JournalCommand(), new LsinitrdCommand(), new RpmCommand(), xattrs, now);
    }

    /** The host below a root folder. */
    public static Host below(
            Path root,
            Journal journal,
            Initramfs initramfs,
            PackageFiles packages,
            Xattrs xattrs,
            Instant now) {
        HostFiles files = new HostFiles(root);
        return new Host(
                files,
                KernelFacts.of(files),
                Distribution.of(files),
                HostTpm.first(files),
                journal,
                initramfs,
                packages,
                xattrs,
                now);
    }

    /** The same host, of which this TPM is judged. */
    public Host with(HostTpm other) {
        return new Host(
                files, kernel, distribution, other, journal, initramfs, packages, xattrs, now);
    }

    /** A file of IMA's folder in securityfs. */
    String ima(String name) {
        return (files.exists(IMA) || !files.exists(IMA_BEFORE_4_18) ? IMA : IMA_BEFORE_4_18)
                + (name.isEmpty() ? "" : "/" + name);
    }

    Reading read(String path) {
        return files.read(path);
    }

    /** The installed policy, empty when there is none that can be read. */
    Optional<Policy> policy() {
        return read(POLICY)
                .content()
                .map(text -> PolicyParser.parseFile(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Whether this kernel refuses a policy without a good signature; empty when unknown. */
    public Optional<Boolean> mustBeSigned() {
        if (kernel.argument("ima_policy").stream().anyMatch(p -> p.contains("secure_boot"))) {
            return Optional.of(true);
        }
        Optional<Boolean> secureBoot = secureBoot();
        if (secureBoot.isEmpty() || kernel.config().isEmpty()) {
            return secureBoot.filter(on -> !on);
        }
        boolean arch =
                SIGNED_ONLY.stream().allMatch(name -> kernel.option(name).equals(Optional.of("y")));
        return Optional.of(secureBoot.get() && arch);
    }

    private static final List<String> SIGNED_ONLY =
            List.of(
                    "CONFIG_IMA_ARCH_POLICY",
                    "CONFIG_INTEGRITY_MACHINE_KEYRING",
                    "CONFIG_IMA_KEYRINGS_PERMIT_SIGNED_BY_BUILTIN_OR_SECONDARY");

    /** Whether firmware enforces signatures; empty when that cannot be told. */
    Optional<Boolean> secureBoot() {
        if (files.exists("/sys/firmware") && !files.exists("/sys/firmware/efi")) {
            return Optional.of(false);
        }
        return switch (read(SECURE_BOOT)) {
            case Reading.Content content ->
                    Optional.of(content.text().length() == 5 && content.text().charAt(4) == 1);
            case Reading.Absent _ -> Optional.empty();
            case Reading.Unreadable _ -> Optional.empty();
        };
    }

    private static final String SECURE_BOOT =
            "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
}
