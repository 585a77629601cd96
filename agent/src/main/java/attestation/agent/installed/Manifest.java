// SPDX-License-Identifier: Apache-2.0
package attestation.agent.installed;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The list of own files that a package carries, in the form of {@code sha256sum}: 64 hex digits,
 * two blanks, absolute path.
 *
 * @param digests path to SHA-256 in hex, sorted
 */
record Manifest(SortedMap<Path, String> digests) {
    /** Where it lies in a tree that has one. */
    static final String NAME = "lib/own-files.sha256";

    private static final int MAX_BYTES = 8 << 20;
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) [ *](/[^\\x00-\\x1f]+)");

    static Manifest read(Path file) throws InstalledException {
        SortedMap<Path, String> digests = new TreeMap<>();
        int number = 0;
        for (String line : text(file).split("\n", -1)) {
            number++;
            if (!line.isEmpty()) {
                Matcher match = LINE.matcher(line);
                if (!match.matches()) {
                    throw new InstalledException(
                            "%s:%d: not a line of a manifest (expected: SHA-256 in hex, two blanks, absolute path)"
                                    .formatted(file, number));
                }
                digests.put(Path.of(match.group(2)), match.group(1));
            }
        }
        if (digests.isEmpty()) {
            throw new InstalledException(file + ": empty (expected: one line a file)");
        }
        return new Manifest(digests);
    }

    private static String text(Path file) throws InstalledException {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new InstalledException(
                        "%s: more than %d bytes (expected: at most that)"
                                .formatted(file, MAX_BYTES));
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InstalledException(file + ": not UTF-8 (expected: a manifest)", e);
        } catch (IOException e) {
            throw new InstalledException(
                    file + ": cannot be read - " + e + " (expected: a manifest)", e);
        }
    }
}
