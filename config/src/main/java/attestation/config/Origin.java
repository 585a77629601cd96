// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.toml.TomlException;

import java.nio.file.Path;

/** Where a value comes from; prints itself for people. */
public sealed interface Origin {
    /** Our own default. */
    Origin DEFAULT = new Standard("default");

    /** A default, and whose. */
    record Standard(String name) implements Origin {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * A line of a file.
     *
     * @param line counted from 1; 0 for the file as a whole
     */
    record File(Path path, int line) implements Origin {
        @Override
        public String toString() {
            return line > 0 ? path + ":" + line : path.toString();
        }
    }

    /** An environment variable. */
    record Environment(String variable) implements Origin {
        @Override
        public String toString() {
            return "environment " + variable;
        }
    }

    /** An option of the command line. */
    record CommandLine(String option) implements Origin {
        @Override
        public String toString() {
            return "command line " + option;
        }
    }

    /** The place of a file's error. */
    static Origin of(TomlException error) {
        return new File(error.file(), error.line());
    }
}
