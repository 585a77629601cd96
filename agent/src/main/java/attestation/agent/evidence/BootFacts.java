// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.ima.match.MismatchCause;
import attestation.tpm.ClockInfo;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Remembers from one boot to the next which kernel ran on which TPM reset: a new kernel without a
 * TPM reset was started by kexec.
 *
 * <p>Thread-safe. Losing the file costs an explanation, never evidence, so it is written plainly.
 */
final class BootFacts {
    private static final Logger LOG = LoggerFactory.getLogger(BootFacts.class);
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final String FILE = "boot-facts";
    private static final int MAX_BYTES = 512;

    /** One boot. */
    private record Boot(String id, OptionalInt resets) {
        String line() {
            return id
                    + " "
                    + (resets.isPresent() ? Integer.toUnsignedString(resets.getAsInt()) : "-");
        }

        static Optional<Boot> parse(String line) {
            String[] parts = line.split(" ", -1);
            if (parts.length != 2 || !parts[0].matches("[0-9a-f-]{1,64}")) {
                return Optional.empty();
            }
            return Optional.of(new Boot(parts[0], count(parts[1])));
        }

        private static OptionalInt count(String text) {
            try {
                return OptionalInt.of(Integer.parseUnsignedInt(text));
            } catch (NumberFormatException e) {
                return OptionalInt.empty();
            }
        }
    }

    private final Path file;
    private final Optional<Boot> before;
    private Boot now;

    private BootFacts(Path file, Boot now, Optional<Boot> before) {
        this.file = file;
        this.now = now;
        this.before = before;
    }

    /** Of this boot, with what an earlier run left in this directory. */
    static BootFacts load(Path directory) {
        Path file = directory.resolve(FILE);
        String id = readBootId();
        List<Boot> kept = read(file);
        Optional<Boot> newest = kept.stream().findFirst();
        if (newest.filter(boot -> boot.id().equals(id)).isPresent()) {
            return new BootFacts(file, newest.get(), kept.stream().skip(1).findFirst());
        }
        return new BootFacts(file, new Boot(id, OptionalInt.empty()), newest);
    }

    /** The kernel's random name of this boot. */
    synchronized String bootId() {
        return now.id();
    }

    /**
     * What is known now; keeps the TPM's count for later boots.
     *
     * @param everProven whether the list agreed with the TPM in this boot: then it counts what
     *     happened since this boot began, else what happened since the one before
     */
    synchronized MismatchCause.Facts facts(
            Optional<ClockInfo> clock, boolean pcrIsZero, boolean everProven) {
        clock.ifPresent(this::seen);
        boolean changed = before.filter(old -> !old.id().equals(now.id())).isPresent();
        OptionalInt earlier =
                everProven ? now.resets() : before.map(Boot::resets).orElse(OptionalInt.empty());
        OptionalInt present = clock.map(c -> OptionalInt.of(c.resetCount())).orElse(now.resets());
        boolean known = earlier.isPresent() && present.isPresent();
        boolean reset = known && !earlier.equals(present);
        return new MismatchCause.Facts(changed, reset, known, pcrIsZero);
    }

    /** The TPM's clock was seen. */
    synchronized void seen(ClockInfo clock) {
        if (now.resets().isEmpty()) {
            now = new Boot(now.id(), OptionalInt.of(clock.resetCount()));
            keep();
        }
    }

    private void keep() {
        try {
            String text = now.line() + "\n" + before.map(b -> b.line() + "\n").orElse("");
            Files.writeString(file, text);
        } catch (IOException e) {
            LOG.warn("boot facts are not kept file={} reason={}", file, e.toString());
        }
    }

    private static List<Boot> read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                return List.of();
            }
            return Files.readString(file)
                    .lines()
                    .map(Boot::parse)
                    .flatMap(Optional::stream)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String readBootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
