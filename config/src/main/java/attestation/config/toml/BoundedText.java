// SPDX-License-Identifier: Apache-2.0
package attestation.config.toml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** The whole text of a small file: size bounded before it is read, UTF-8 decoded strictly. */
final class BoundedText {
    static final int MAX_BYTES = 1 << 20;

    private BoundedText() {}

    static String read(Path file) throws TomlException {
        return decode(file, bytes(file));
    }

    private static byte[] bytes(Path file) throws TomlException {
        try {
            requireRegular(file);
            try (InputStream in = Files.newInputStream(file)) {
                return in.readNBytes(MAX_BYTES + 1);
            }
        } catch (NoSuchFileException e) {
            throw new TomlException(file, "cannot read " + file + ": no such file", e);
        } catch (AccessDeniedException e) {
            String text = "permission denied (expected: readable by the user that runs this)";
            throw new TomlException(file, "cannot read " + file + ": " + text, e);
        } catch (IOException e) {
            throw new TomlException(file, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** A pipe would block the start for ever. */
    private static void requireRegular(Path file) throws IOException, TomlException {
        if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
            throw new TomlException(file, 0, "cannot read " + file + ": not a regular file");
        }
    }

    private static String decode(Path file, byte[] bytes) throws TomlException {
        if (bytes.length > MAX_BYTES) {
            throw new TomlException(
                    file, 0, file + ": too large (expected: at most " + MAX_BYTES + " bytes)");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(in).toString();
        } catch (CharacterCodingException e) {
            throw new TomlException(file, lineOf(bytes, in.position()), "not valid UTF-8");
        }
    }

    private static int lineOf(byte[] bytes, int end) {
        int line = 1;
        for (int i = 0; i < end; i++) {
            line += bytes[i] == '\n' ? 1 : 0;
        }
        return line;
    }
}
