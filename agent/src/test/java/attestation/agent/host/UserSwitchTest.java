// SPDX-License-Identifier: Apache-2.0
package attestation.agent.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Dropping root's rights, looked at from outside. */
class UserSwitchTest {
    private static final int NOBODY = 65534;

    @TempDir Path folder;

    /** Becomes nobody with other threads running, tries to be root once more, then waits. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            CountDownLatch end = new CountDownLatch(1);
            for (int i = 0; i < 5; i++) {
                Thread.ofPlatform().daemon().start(() -> await(end));
            }
            // Made first: nobody may be unable to load classes from where these are.
            Attempt again = () -> UserSwitch.become(new Account("root", 0, 0));
            UserSwitch.become(new Account("nobody", NOBODY, NOBODY));
            System.out.println(write(Path.of(arguments[0])));
            System.out.println(thrown(again));
            System.in.read();
        }

        private static void await(CountDownLatch end) {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static String write(Path file) {
            try {
                Files.writeString(file, "x");
                return "written";
            } catch (AccessDeniedException e) {
                return "denied";
            } catch (IOException e) {
                return e.toString();
            }
        }

        private interface Attempt {
            void make() throws IOException;
        }

        private static String thrown(Attempt attempt) {
            try {
                attempt.make();
                return "root again";
            } catch (IOException e) {
                return "refused";
            }
        }
    }

    @Test
    void become_nobody_everyThreadAndForGood() throws Exception {
        assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
                "only root can become another user");
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                Child.class.getName(),
                                folder.resolve("x").toString())
                        .redirectErrorStream(true)
                        .start();
        try {
            var out =
                    new BufferedReader(
                            new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
            assertEquals("denied", out.readLine());
            assertEquals("refused", out.readLine());
            List<String> ids = ids(child.pid());
            assertTrue(ids.size() > 3 * 5, ids.toString());
            for (String line : ids) {
                assertTrue(
                        line.matches("(Uid|Gid):(\t65534){4}|CapEff:\t0{16}|CapPrm:\t0{16}"), line);
            }
        } finally {
            child.destroyForcibly();
        }
        assertFalse(Files.exists(folder.resolve("x")));
    }

    private static List<String> ids(long pid) throws IOException {
        List<String> ids = new ArrayList<>();
        try (var tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks) {
                Files.readAllLines(task.resolve("status")).stream()
                        .filter(line -> line.matches("(Uid|Gid|CapEff|CapPrm):.*"))
                        .forEach(ids::add);
            }
        }
        return ids;
    }

    private Path task(String name, String status) throws IOException {
        Path task = Files.createDirectories(folder.resolve("task").resolve(name));
        Files.writeString(task.resolve("status"), status);
        return folder.resolve("task");
    }

    @Test
    void check_oneThreadKeptRootsRights_named() throws Exception {
        Account nobody = new Account("nobody", NOBODY, NOBODY);
        String good = "Uid:\t65534\t65534\t65534\t65534\nCapEff:\t0000000000000000\n";
        Path tasks = task("10", good);
        UserSwitch.check(nobody, tasks);
        task("11", good.replace("65534\nCap", "0\nCap"));
        var saved = assertThrows(IOException.class, () -> UserSwitch.check(nobody, tasks));
        assertTrue(String.valueOf(saved.getMessage()).contains("thread 11"), saved.toString());
        task("11", good.replace("Eff:\t0000000000000000", "Eff:\t0000000000000001"));
        assertThrows(IOException.class, () -> UserSwitch.check(nobody, tasks));
    }

    @Test
    void account_byName_numbersOrWhatIsMissing() throws Exception {
        Path etc = Files.createDirectories(folder.resolve("etc"));
        Files.writeString(etc.resolve("passwd"), "root:x:0:0::/:/bin/sh\nkeylime:x:77:78::/:\n");
        Files.writeString(etc.resolve("group"), "root:x:0:\ntss:x:59:keylime\n");

        assertEquals(new Account("keylime", 77, 59), Account.find("keylime", "tss", folder));
        assertEquals(Optional.of(new Account("keylime", 77, 78)), Account.find("keylime", folder));
        assertEquals(Optional.empty(), Account.find("key", folder));
        var e = assertThrows(IOException.class, () -> Account.find("keylime", "tpm", folder));
        assertEquals(
                "group tpm: not in %s/etc/group (expected: one of this host)".formatted(folder),
                e.getMessage());
    }
}
