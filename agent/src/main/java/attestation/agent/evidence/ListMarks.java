// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * Tells in two system calls or so whether a list may have changed, without reading it: the kernel's
 * by its count of entries, an ordinary file by its size and time.
 *
 * <p>Any thread; one that is interrupted learns nothing, and what that closes is opened again.
 */
final class ListMarks {
    private static final int MOST_DIGITS = 32;

    private final Path list;
    private final Optional<Path> count;
    private @Nullable FileChannel channel;

    ListMarks(Path list, Optional<Path> count) {
        this.list = list;
        this.count = count;
    }

    /**
     * How the list looks from outside; two equal ones mean that nothing was listed in between.
     *
     * @param key which file it is
     * @param count as the count file spells it
     */
    record Mark(long size, FileTime modified, @Nullable Object key, String count) {}

    /** Now; empty when nothing outside the list tells of its growth. */
    Optional<Mark> now() {
        try {
            BasicFileAttributes is = Files.readAttributes(list, BasicFileAttributes.class);
            String counted = count.isPresent() ? counted(count.get()) : "";
            return is.size() == 0 && counted.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new Mark(is.size(), is.lastModifiedTime(), is.fileKey(), counted));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** From its beginning, on a descriptor that is kept: the kernel computes it at each read. */
    private String counted(Path file) throws IOException {
        ByteBuffer digits = ByteBuffer.allocate(MOST_DIGITS);
        open(file).read(digits, 0);
        return new String(digits.array(), 0, digits.position(), StandardCharsets.US_ASCII);
    }

    private synchronized FileChannel open(Path file) throws IOException {
        FileChannel known = channel;
        if (known == null || !known.isOpen()) {
            known = FileChannel.open(file, StandardOpenOption.READ);
            channel = known;
        }
        return known;
    }
}
