// SPDX-License-Identifier: Apache-2.0
package attestation.agent.integrity;

import attestation.ima.signature.TrustedKey;
import attestation.ima.signature.TrustedKeys;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads the keys whose signatures count, from files and folders. */
public final class KeyFiles {
    /** Where distributions keep the certificates for {@code .ima}. */
    public static final Path DEFAULT = Path.of("/etc/keys/ima");

    private static final int MAX_FILES = 1000;

    private KeyFiles() {}

    /**
     * All keys of the given files; of a folder, every file in it that holds one.
     *
     * @throws IOException naming the file that cannot be read, or that was named and holds no key
     */
    public static TrustedKeys read(List<Path> paths) throws IOException {
        List<TrustedKey> keys = new ArrayList<>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                keys.addAll(folder(path));
            } else {
                keys.add(file(path));
            }
        }
        return new TrustedKeys(keys);
    }

    /** The key in one file. */
    public static TrustedKey file(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return TrustedKey.read(path.toString(), in.readNBytes(TrustedKey.MAX_BYTES + 1));
        } catch (IOException e) {
            throw new IOException("key " + path + ": " + reason(e), e);
        }
    }

    private static List<TrustedKey> folder(Path folder) throws IOException {
        List<TrustedKey> keys = new ArrayList<>();
        for (Path file : files(folder)) {
            try {
                keys.add(file(file));
            } catch (IOException e) {
                if (Files.isReadable(file)) {
                    continue; // A README among the keys is no key.
                }
                throw e;
            }
        }
        return keys;
    }

    /** The regular files of a folder, in the order of their names. */
    public static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.filter(Files::isRegularFile).sorted().limit(MAX_FILES).toList();
        }
    }

    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "no such file";
            case AccessDeniedException _ -> "permission denied";
            default -> String.valueOf(e.getMessage());
        };
    }
}
