// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;

/** Reads the content of regular files, from front to end, piece by piece. */
final class ContentDigest {
    private static final int PIECE = 64 * 1024;

    private ContentDigest() {}

    interface Reader {
        byte[] of(InputStream in) throws IOException;
    }

    static byte[] of(Path file, MessageDigest digest) throws IOException {
        return read(
                file,
                in -> {
                    byte[] piece = new byte[PIECE];
                    for (int read = in.read(piece); read > 0; read = in.read(piece)) {
                        digest.update(piece, 0, read);
                    }
                    return digest.digest();
                });
    }

    /** A pipe or device would block, or never end: only regular files are opened. */
    static byte[] read(Path file, Reader reader) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw Files.exists(file)
                    ? new IOException("not a regular file")
                    : new NoSuchFileException(file.toString());
        }
        try (InputStream in = Files.newInputStream(file)) {
            return reader.of(in);
        }
    }
}
