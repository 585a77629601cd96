// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.integrity.Reading;
import attestation.ima.signature.Xattrs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A host as a folder: a healthy Debian 12 with a list that a real kernel wrote. */
public final class Tree implements Xattrs, Journal, Initramfs, PackageFiles {
    private static final String RECORDED = "/attestation/fixtures/ima/debian12-6.12-tcb/";
    private static final String RELEASE = "6.12.117+deb12-cloud-amd64";
    static final String IMA = "/sys/kernel/security/integrity/ima/";
    static final String PCR_10 = "/sys/class/tpm/tpm0/pcr-sha256/10";

    private final Path root;
    private Reading modules = new Reading.Content("dracut modules:\nbash\nintegrity\n");
    private Reading packaged = new Reading.Unreadable("no rpm");
    private Reading kernelSaid = new Reading.Content("systemd[1]: up\n");

    public Tree(Path root) throws IOException {
        this.root = root;
        for (String name :
                List.of(
                        "binary_runtime_measurements",
                        "runtime_measurements_count",
                        "violations")) {
            put(IMA + name, recorded(name));
        }
        // A folder: like the kernel's file without CONFIG_IMA_READ_POLICY it cannot be read.
        Files.createDirectories(at(IMA + "policy"));
        put(PCR_10, recorded("pcr10.sha256"));
        put("/sys/class/tpm/tpm0/tpm_version_major", "2\n");
        put("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
        put("/sys/kernel/security/evm", "0");
        put("/sys/firmware/acpi/x", "");
        put("/dev/tpmrm0", "");
        put("/proc/cmdline", "root=/dev/vda ima_policy=tcb\n");
        put("/proc/keys", "1234 I------ 1 perm 1f0b0000 0 0 keyring .builtin_trusted_keys: 1\n");
        put("/proc/sys/kernel/osrelease", RELEASE + "\n");
        put("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
        put(
                "/boot/config-" + RELEASE,
                """
                CONFIG_IMA=y
                CONFIG_IMA_ARCH_POLICY=y
                CONFIG_CRYPTO_SHA512=y
                CONFIG_IMA_MEASURE_ASYMMETRIC_KEYS=y
                """);
        put("/boot/initrd.img-" + RELEASE, "");
        put("/usr/bin/bash", "a program");
    }

    /** PCRs 0 to 9 of bank sha256, as the TPM of the recorded boot had them. */
    void putBootPcrs() throws IOException {
        String values = new String(recorded("pcrs.sha256"), StandardCharsets.US_ASCII);
        for (String line : values.lines().limit(10).toList()) {
            String[] words = line.split(" ");
            put("/sys/class/tpm/tpm0/pcr-sha256/" + words[0], words[1] + "\n");
        }
    }

    private static byte[] recorded(String name) throws IOException {
        try (InputStream in = Tree.class.getResourceAsStream(RECORDED + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    public Path put(String path, String text) throws IOException {
        return put(path, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Path put(String path, byte[] bytes) throws IOException {
        Path file = at(path);
        Files.createDirectories(file.getParent());
        return Files.write(file, bytes);
    }

    public Path at(String path) {
        return root.resolve(path.substring(1));
    }

    public void remove(String path) throws IOException {
        Files.delete(at(path));
    }

    void kernelSays(Reading reading) {
        kernelSaid = reading;
    }

    void initramfsHas(Reading listed) {
        modules = listed;
    }

    void packagesSay(String lines) {
        packaged = new Reading.Content(lines);
    }

    public Host host() {
        return Host.below(root, this, this, this, this, Instant.parse("2026-01-01T00:00:00Z"));
    }

    Finding find(String name) {
        Check check =
                Doctor.checks().stream()
                        .filter(c -> c.name().equals(name))
                        .findFirst()
                        .orElseThrow();
        return Doctor.run(List.of(check), host()).getFirst().finding();
    }

    /** Runs one check: its state, and what its evidence and its repair contain. */
    void expect(String check, State state, String evidence, String repair) {
        Finding finding = find(check);
        assertEquals(state, finding.state(), finding.toString());
        assertTrue(finding.evidence().contains(evidence), finding.toString());
        assertTrue(finding.repair().contains(repair), finding.toString());
    }

    @Override
    public Reading modules(Path image) {
        return modules;
    }

    @Override
    public Reading signatures(List<String> files) {
        return packaged;
    }

    @Override
    public Reading kernel() {
        return kernelSaid;
    }

    @Override
    public Reading manager() {
        return new Reading.Unreadable("no message visible to this user");
    }

    /** Real attributes, which need no root: security.ima is kept as user.ima. */
    @Override
    public Optional<byte[]> get(Path file, String name) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty(); // unlike getxattr, Java's view would open it, a pipe as well
        }
        UserDefinedFileAttributeView view = view(file);
        String user = name.substring("security.".length());
        if (!view.list().contains(user)) {
            return Optional.empty();
        }
        ByteBuffer value = ByteBuffer.allocate(view.size(user));
        view.read(user, value);
        return Optional.of(value.array());
    }

    @Override
    public void set(Path file, String name, byte[] value) throws IOException {
        view(file).write(name.substring("security.".length()), ByteBuffer.wrap(value));
    }

    private static UserDefinedFileAttributeView view(Path file) {
        return Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
    }
}
