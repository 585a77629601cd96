// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Files that are not what they should be: each is told, none stops doctor or is called well. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileTreeTest {
    private static final String RELEASE = "6.12.117+deb12-cloud-amd64";

    /** Every file that a check reads, and the checks that must then not be ok. */
    private static final Map<String, List<String>> FILES =
            Map.ofEntries(
                    Map.entry(Tree.IMA + "binary_runtime_measurements", List.of("list-readable")),
                    Map.entry(Tree.IMA + "runtime_measurements_count", List.of("measuring")),
                    Map.entry(Tree.PCR_10, List.of("pcr-replay")),
                    Map.entry("/sys/class/tpm/tpm0/tpm_version_major", List.of("tpm")),
                    Map.entry("/sys/kernel/security/evm", List.of("evm")),
                    Map.entry("/sys/kernel/security/lsm", List.of()),
                    Map.entry(Host.POLICY, List.of("policy-file")),
                    Map.entry("/var/log/audit/audit.log", List.of()),
                    Map.entry("/proc/keys", List.of("keyring")),
                    Map.entry("/proc/cmdline", List.of()),
                    Map.entry("/proc/sys/kernel/osrelease", List.of()),
                    Map.entry("/boot/config-" + RELEASE, List.of()),
                    Map.entry("/etc/os-release", List.of()),
                    Map.entry("/etc/passwd", List.of()),
                    Map.entry("/etc/group", List.of()),
                    Map.entry(ServiceAccount.UNIT, List.of()),
                    Map.entry("/etc/dracut.conf", List.of()),
                    Map.entry("/etc/keys/ima/key.der", List.of()));

    @TempDir Path root;

    private Tree tree;

    @BeforeEach
    void makeHost() throws IOException {
        tree = new Tree(root);
        tree.put("/etc/passwd", "agent:x:64000:64000::/:/bin/false\n");
        tree.put(ServiceAccount.UNIT, "[Service]\nUser=agent\n");
    }

    private interface Damage {
        void to(Path file) throws IOException;
    }

    private void each(Damage damage) throws IOException {
        for (Map.Entry<String, List<String>> entry : FILES.entrySet()) {
            Path file = tree.at(entry.getKey());
            byte[] before = Files.exists(file) ? Files.readAllBytes(file) : null;
            Files.createDirectories(file.getParent());
            Files.deleteIfExists(file);
            damage.to(file);
            judge(entry.getKey(), entry.getValue());
            remove(file);
            if (before != null) {
                Files.write(file, before);
            }
        }
    }

    private static void remove(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            try (Stream<Path> children = Files.list(file)) {
                for (Path child : children.toList()) {
                    Files.delete(child);
                }
            }
        }
        Files.delete(file);
    }

    private void judge(String path, List<String> notOk) {
        for (Doctor.Result result : Doctor.run(Doctor.checks(), tree.host())) {
            Finding finding = result.finding();
            String what = path + ": " + result.check().name() + ": " + finding;
            assertFalse(finding.evidence().contains("a defect of this check"), what);
            assertTrue(finding.evidence().chars().noneMatch(Character::isISOControl), what);
            if (notOk.contains(result.check().name())) {
                assertNotEquals(State.OK, finding.state(), what);
            }
        }
    }

    @Test
    void garbage() throws IOException {
        byte[] bytes = new byte[3000];
        new Random(8).nextBytes(bytes);
        each(file -> Files.write(file, bytes));
    }

    @Test
    void folders() throws IOException {
        each(file -> Files.createFile(Files.createDirectory(file).resolve("in-it")));
    }

    @Test
    void linksToThemselves() throws IOException {
        each(file -> Files.createSymbolicLink(file, file));
    }

    /** Nobody ever writes into it: to open it would be to wait for ever. */
    @Test
    void pipes() throws IOException {
        each(HostileTreeTest::pipe);
    }

    private static void pipe(Path file) throws IOException {
        try {
            int code = new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
            assertTrue(code == 0, "mkfifo");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void emptyFiles() throws IOException {
        each(Files::createFile);
    }

    @Test
    void moreThanIsEverRead() throws IOException {
        each(
                file -> {
                    try (var channel =
                            java.nio.channels.FileChannel.open(
                                    file,
                                    java.nio.file.StandardOpenOption.CREATE_NEW,
                                    java.nio.file.StandardOpenOption.WRITE)) {
                        channel.write(java.nio.ByteBuffer.wrap(new byte[1]), 20 << 20);
                    }
                });
    }
}
