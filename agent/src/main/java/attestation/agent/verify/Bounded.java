// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** Files read whole, with an end to what is taken. */
final class Bounded {
    private Bounded() {}

    static byte[] file(Path file, int max) throws IOException, RefutedException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(max + 1);
            if (bytes.length > max) {
                throw new RefutedException(
                        Printable.text(file.toString()) + ": more than " + max + " bytes");
            }
            return Arrays.copyOf(bytes, bytes.length);
        }
    }

    /** A file that could not be opened or read, in words. */
    static String unreadable(String what, Path file, IOException e) {
        String reason =
                switch (e) {
                    case NoSuchFileException _ -> "no such file";
                    case AccessDeniedException _ -> "permission denied";
                    default -> Printable.text(String.valueOf(e.getMessage()));
                };
        return what + " " + Printable.text(file.toString()) + ": " + reason;
    }
}
