// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import attestation.config.ConfigException;
import attestation.config.ConfigLoader;
import attestation.config.FileCheck;
import attestation.config.LoadedConfig;
import attestation.config.Origin;
import attestation.config.Problem;
import attestation.config.Surroundings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whose configuration counts: ours or Keylime's. Immutable. */
public final class ConfigSource {
    private static final String VARIABLE = "KEYLIME_AGENT_CONFIG";

    private final Surroundings surroundings;
    private final Optional<KeylimeFiles> keylime;
    private final Path file;
    private final String reason;

    private ConfigSource(
            Surroundings surroundings, Optional<KeylimeFiles> keylime, Path file, String reason) {
        this.surroundings = surroundings;
        this.keylime = keylime;
        this.file = file;
        this.reason = reason;
    }

    /**
     * Decides: a file that is named on the command line, told apart by what is in it; else the file
     * that KEYLIME_AGENT_CONFIG names; else our own file if there is one; else Keylime's.
     *
     * @param option the file that {@code --config} names
     * @throws ConfigException when there is none, or the named one cannot be read
     */
    public static ConfigSource choose(Optional<Path> option, Surroundings surroundings)
            throws ConfigException {
        if (option.isPresent()) {
            return named(option.get(), surroundings);
        }
        Optional<Path> variable = surroundings.variable(VARIABLE).map(Path::of);
        return variable.isPresent()
                ? keylime(
                        KeylimeFiles.only(variable.get()),
                        variable.get(),
                        VARIABLE + " names it",
                        surroundings)
                : standard(surroundings);
    }

    private static ConfigSource named(Path file, Surroundings surroundings) throws ConfigException {
        FileKind kind = FileKind.of(file);
        return kind.keylime()
                ? keylime(KeylimeFiles.named(file, surroundings), file, kind.reason(), surroundings)
                : new ConfigSource(surroundings, Optional.empty(), file, kind.reason());
    }

    private static ConfigSource standard(Surroundings surroundings) throws ConfigException {
        Path ours = surroundings.place(ConfigLoader.STANDARD_FILE);
        if (isThere(ours)) {
            return new ConfigSource(surroundings, Optional.empty(), ours, "the standard file");
        }
        Path theirs = surroundings.place(KeylimeFiles.STANDARD_FILE);
        if (isThere(theirs)) {
            String reason = "there is no " + ours;
            return keylime(KeylimeFiles.standard(surroundings, true), theirs, reason, surroundings);
        }
        String text = "no configuration: neither " + ours + " nor " + theirs + " is there";
        throw new ConfigException(List.of(new Problem(new Origin.CommandLine("--config"), text)));
    }

    private static ConfigSource keylime(
            KeylimeFiles files, Path file, String reason, Surroundings surroundings) {
        return new ConfigSource(surroundings, Optional.of(files), file, reason);
    }

    /** What we may not look at counts as there: reading it then tells why not. */
    private static boolean isThere(Path file) {
        try {
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Whether it is Keylime's. */
    public boolean isKeylime() {
        return keylime.isPresent();
    }

    /** The main file. */
    public Path file() {
        return file;
    }

    /** Which configuration it is and why, for the log. */
    public String describe() {
        return (isKeylime() ? "Keylime's configuration " : "configuration ")
                + file
                + ", since "
                + reason;
    }

    /**
     * Reads it.
     *
     * @param overrides from the command line: {@code section.key} to value
     * @throws ConfigException with every problem
     */
    public LoadedConfig load(Map<String, String> overrides, FileCheck check)
            throws ConfigException {
        return keylime.isPresent()
                ? KeylimeConfigLoader.load(keylime.get(), overrides, surroundings, check)
                : ConfigLoader.load(file, overrides, surroundings, check);
    }
}
