// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import attestation.agent.identity.StateFile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * When the present boot began, the same number until the next boot.
 *
 * <p>The kernel's {@code btime} moves when the wall clock is stepped; a verifier takes any change
 * for a reboot. So it is read once per boot and kept beside the boot id.
 */
public final class BootTime {
    private static final Pattern BTIME = Pattern.compile("(?m)^btime ([0-9]{1,18})$");
    private static final Pattern STORED = Pattern.compile("([0-9a-f-]{36}) ([0-9]{1,18})\n");
    private static final int MAX_STORED_BYTES = 256;

    private BootTime() {}

    /** Of this host. */
    public static long ofThisBoot(StateFile stored) throws IOException {
        return of(stored, Path.of("/proc/stat"), Path.of("/proc/sys/kernel/random/boot_id"));
    }

    static long of(StateFile stored, Path stat, Path bootIdFile) throws IOException {
        String bootId = Files.readString(bootIdFile, StandardCharsets.US_ASCII).strip();
        Optional<Long> known = known(stored, bootId);
        if (known.isPresent()) {
            return known.get();
        }
        long seconds = btime(Files.readString(stat, StandardCharsets.ISO_8859_1));
        stored.write("%s %d\n".formatted(bootId, seconds).getBytes(StandardCharsets.US_ASCII));
        return seconds;
    }

    /** A file of another boot, or a damaged one, is just replaced: the kernel knows better. */
    private static Optional<Long> known(StateFile stored, String bootId) {
        var match = STORED.matcher(content(stored));
        return match.matches() && match.group(1).equals(bootId)
                ? Optional.of(Long.parseLong(match.group(2)))
                : Optional.empty();
    }

    private static String content(StateFile stored) {
        try {
            Optional<byte[]> content = stored.read(MAX_STORED_BYTES);
            return new String(content.orElse(new byte[0]), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // too long or unreadable: damaged
        }
    }

    private static long btime(String stat) throws IOException {
        var match = BTIME.matcher(stat);
        if (!match.find()) {
            throw new IOException("/proc/stat: no btime line (expected: one)");
        }
        return Long.parseLong(match.group(1));
    }
}
