// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.config.SampleFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes what is said about the command elsewhere, from the one description of it: for the build of
 * the packages, not for operators.
 */
public final class Reference {
    private Reference() {}

    /**
     * Writes all documents into a folder, which is made.
     *
     * @param arguments the folder
     */
    public static void main(String[] arguments) throws IOException {
        write(Path.of(arguments[0]));
    }

    static void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("agent.toml"), SampleFile.render());
    }
}
