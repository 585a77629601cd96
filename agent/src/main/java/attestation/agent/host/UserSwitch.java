// SPDX-License-Identifier: Apache-2.0
package attestation.agent.host;

import com.sun.jna.LastErrorException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Becomes another user, in every thread and for good. */
public final class UserSwitch {
    private static final Path TASKS = Path.of("/proc/self/task");

    private UserSwitch() {}

    /**
     * Drops root's rights: groups, group, user; then looks at every thread of this process whether
     * it did.
     *
     * @throws IOException when a call is refused, or a thread kept anything of root's; the process
     *     must end then
     */
    public static void become(Account account) throws IOException {
        try {
            UserCalls.initgroups(account.name(), account.gid());
            UserCalls.setgid(account.gid());
            UserCalls.setuid(account.uid());
        } catch (LastErrorException e) {
            throw new IOException(
                    "run_as: cannot become %s - errno %d"
                            .formatted(account.name(), e.getErrorCode()),
                    e);
        }
        check(account, TASKS);
    }

    static void check(Account account, Path tasks) throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(tasks)) {
            for (Path task : all) {
                check(account, status(task), task);
            }
        }
    }

    private static List<String> status(Path task) throws IOException {
        try {
            return Files.readAllLines(task.resolve("status"), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return List.of(); // a thread that ended meanwhile
        }
    }

    private static void check(Account account, List<String> status, Path task) throws IOException {
        for (String line : status) {
            String[] words = line.split("\\s+");
            boolean good =
                    switch (words[0]) {
                        case "Uid:" -> all(words, String.valueOf(account.uid()));
                        case "Gid:" -> all(words, String.valueOf(account.gid()));
                        case "CapPrm:", "CapEff:" -> all(words, "0000000000000000");
                        default -> true;
                    };
            if (!good) {
                throw new IOException(
                        "run_as: thread %s is still \"%s\" (expected: that of %s)"
                                .formatted(task.getFileName(), line, account.name()));
            }
        }
    }

    private static boolean all(String[] words, String expected) {
        for (int i = 1; i < words.length; i++) {
            if (!words[i].equals(expected)) {
                return false;
            }
        }
        return true;
    }
}
