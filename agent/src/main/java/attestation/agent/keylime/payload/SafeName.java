// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import attestation.agent.keylime.wire.Shown;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Names from outside, as far as they stay where they belong. */
final class SafeName {
    private static final int MAX_BYTES = 255;
    private static final int MAX_DEPTH = 16;

    private SafeName() {}

    /** One path segment: no slash, not {@code .} or {@code ..}, no control character. */
    static boolean isPlain(String name) {
        return !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && name.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c));
    }

    /**
     * The path below {@code directory} that a relative name means.
     *
     * @throws PayloadException for absolute, climbing, empty or odd names
     */
    static Path below(Path directory, String name) throws PayloadException {
        String[] segments = name.split("/", -1);
        Path path = directory;
        for (String segment : segments) {
            if (!isPlain(segment) || segments.length > MAX_DEPTH) {
                throw new PayloadException(
                        "name \"%s\" (expected: a relative path that does not climb)"
                                .formatted(Shown.text(name)));
            }
            path = path.resolve(segment);
        }
        return path;
    }
}
