// SPDX-License-Identifier: Apache-2.0
package attestation.config.toml;

import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file that cannot be read or is not TOML. The text never repeats a value of the file: it may be
 * a password.
 */
public final class TomlException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final int line;

    TomlException(Path file, int line, String text) {
        super(text);
        this.file = file;
        this.line = line;
    }

    TomlException(Path file, String text, Throwable cause) {
        super(text, cause);
        this.file = file;
        this.line = 0;
    }

    /** Which file. */
    public Path file() {
        return file;
    }

    /** Which line, counted from 1; 0 when the file as a whole is meant. */
    public int line() {
        return line;
    }

    /** Whether there is no such file; every other reason means that it is there. */
    public boolean missing() {
        return getCause() instanceof NoSuchFileException;
    }

    /** What is wrong, without the place. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
