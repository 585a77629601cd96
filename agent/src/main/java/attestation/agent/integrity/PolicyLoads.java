// SPDX-License-Identifier: Apache-2.0
package attestation.agent.integrity;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Notices, without any rights, that the kernel took a custom IMA policy: the file through which it
 * is loaded then goes away, or can no more be written. A kernel with CONFIG_IMA_WRITE_POLICY leaves
 * it as it is, and nothing is noticed. Asked by one thread.
 */
public final class PolicyLoads implements Supplier<Optional<String>> {
    /** Where the kernel's own is. */
    public static final Path FOLDER = Path.of("/sys/kernel/security/integrity/ima");

    private enum State {
        UNKNOWN,
        WRITABLE,
        TAKEN
    }

    private final Path folder;
    private @Nullable State before;

    public PolicyLoads(Path folder) {
        this.folder = folder;
    }

    /** What happened since it was asked last, for people; empty when nothing did. */
    @Override
    public Optional<String> get() {
        State last = before;
        State now = state();
        before = now;
        if (now != State.TAKEN || last == State.TAKEN) {
            return Optional.empty();
        }
        return Optional.of(
                last == null
                        ? "a custom IMA policy was loaded in this boot, before the agent started"
                        : "a custom IMA policy was loaded");
    }

    private State state() {
        try {
            return Files.getFileAttributeView(
                                    folder.resolve("policy"), PosixFileAttributeView.class)
                            .readAttributes()
                            .permissions()
                            .contains(PosixFilePermission.OWNER_WRITE)
                    ? State.WRITABLE
                    : State.TAKEN;
        } catch (NoSuchFileException e) {
            return Files.isDirectory(folder) ? State.TAKEN : State.UNKNOWN;
        } catch (IOException e) {
            return State.UNKNOWN;
        }
    }
}
