// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import com.sun.jna.LastErrorException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The descriptors that the service manager passed to this process ({@code sd_listen_fds(3)}): none
 * where LISTEN_FDS is absent or LISTEN_PID is another.
 */
public final class PassedDescriptors {

    private static final int FIRST = 3;
    private static final int MAX = 256;

    private final List<PassedDescriptor> descriptors;

    private PassedDescriptors(List<PassedDescriptor> descriptors) {
        this.descriptors = List.copyOf(descriptors);
    }

    /** Those of this process. Take them once: whoever closes one closes it for all. */
    public static PassedDescriptors fromEnvironment() throws IOException {
        return of(System.getenv(), ProcessHandle.current().pid());
    }

    /**
     * Those an environment tells of; children no longer inherit them.
     *
     * @throws IOException if LISTEN_FDS, LISTEN_PID or LISTEN_FDNAMES is malformed, or a descriptor
     *     is not there
     */
    static PassedDescriptors of(Map<String, String> environment, long pid) throws IOException {
        String count = environment.get("LISTEN_FDS");
        String owner = environment.get("LISTEN_PID");
        if (count == null || owner == null || number("LISTEN_PID", owner, Long.MAX_VALUE) != pid) {
            return new PassedDescriptors(List.of());
        }
        int howMany = (int) number("LISTEN_FDS", count, MAX);
        List<String> names = names(environment.get("LISTEN_FDNAMES"), howMany);
        List<PassedDescriptor> descriptors = new ArrayList<>();
        for (int i = 0; i < howMany; i++) {
            closeOnExec(FIRST + i);
            descriptors.add(new PassedDescriptor(FIRST + i, names.get(i)));
        }
        return new PassedDescriptors(descriptors);
    }

    /** All, in the manager's order. */
    public List<PassedDescriptor> all() {
        return descriptors;
    }

    /** The first of this name. */
    public Optional<PassedDescriptor> named(String name) {
        return descriptors.stream().filter(one -> one.name().equals(name)).findFirst();
    }

    private static long number(String variable, String text, long max) throws IOException {
        try {
            long value = Long.parseLong(text);
            if (value >= 0 && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IOException(
                variable
                        + " - "
                        + LogText.escape(LogText.limit(text, 40))
                        + " (expected: 0.."
                        + max
                        + ")");
    }

    private static List<String> names(@Nullable String names, int howMany) throws IOException {
        if (names == null) {
            return Collections.nCopies(howMany, "unknown");
        }
        List<String> all = howMany == 0 ? List.of() : List.of(names.split(":", -1));
        if (all.size() != howMany) {
            throw new IOException(
                    "LISTEN_FDNAMES - "
                            + all.size()
                            + " names (expected: "
                            + howMany
                            + ", as LISTEN_FDS says)");
        }
        return all;
    }

    private static void closeOnExec(int fd) throws IOException {
        try {
            LibC.fcntl(fd, LibC.F_SETFD, LibC.FD_CLOEXEC);
        } catch (LastErrorException e) {
            throw new IOException(
                    "LISTEN_FDS - descriptor "
                            + fd
                            + " is not open (errno "
                            + e.getErrorCode()
                            + ")",
                    e);
        }
    }
}
