// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/** Reads {@code runtime_measurements_count}: a few microseconds each time. */
final class EntryCounter implements AutoCloseable {
    private final Path path;
    private final ByteBuffer digits = ByteBuffer.allocateDirect(32);
    private @Nullable FileChannel channel;

    EntryCounter(Path path) {
        this.path = path;
    }

    /** Empty when it cannot be read or holds no number. */
    OptionalLong read() {
        try {
            FileChannel open = channel;
            if (open == null) {
                open = FileChannel.open(path, StandardOpenOption.READ);
                channel = open;
            }
            digits.clear();
            open.read(digits, 0);
            return parse(StandardCharsets.ISO_8859_1.decode(digits.flip()).toString().strip());
        } catch (IOException e) {
            close();
            return OptionalLong.empty();
        }
    }

    private static OptionalLong parse(String text) {
        boolean number =
                !text.isEmpty()
                        && text.length() <= 18
                        && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // it was only read from
        }
        channel = null;
    }
}
