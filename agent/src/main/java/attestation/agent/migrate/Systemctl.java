// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** systemd by its own command, and by what the kernel says of a unit's process. */
public final class Systemctl implements Services {
    private static final int MAX_OUTPUT = 64 * 1024;
    private static final long MINUTES = 5;
    private static final Path MOUNT = Path.of("/usr/lib/attestation-agent/bin/mount-secure");

    private record Output(int status, String text) {}

    /** The one of this host. */
    public Systemctl() {}

    @Override
    public boolean available() {
        return Files.isDirectory(Path.of("/run/systemd/system"));
    }

    @Override
    public boolean exists(String unit) {
        return property(unit, "LoadState").equals("loaded");
    }

    @Override
    public boolean active(String unit) {
        return property(unit, "ActiveState").equals("active");
    }

    @Override
    public Map<String, String> environment(String unit) {
        return UnitEnvironment.of(
                property(unit, "Environment"), property(unit, "EnvironmentFiles"));
    }

    private String property(String unit, String name) {
        try {
            return systemctl("show", "--property=" + name, "--value", unit).text().strip();
        } catch (MigrationException e) {
            return "";
        }
    }

    @Override
    public void mountSecure(Path folder) throws MigrationException {
        if (Files.isExecutable(MOUNT)) {
            done(run(List.of(MOUNT.toString(), folder.toString())), MOUNT + " " + folder);
        }
    }

    @Override
    public void stopAndDisable(String unit) throws MigrationException {
        must("disable", "--now", unit);
    }

    @Override
    public void enableAndStart(String unit) throws MigrationException {
        must("enable", "--now", unit);
    }

    private static void must(String... arguments) throws MigrationException {
        done(systemctl(arguments), "systemctl " + String.join(" ", arguments));
    }

    private static void done(Output output, String command) throws MigrationException {
        if (output.status() != 0) {
            throw new MigrationException(
                    "%s: exit status %d - %s"
                            .formatted(command, output.status(), output.text().strip()));
        }
    }

    private static Output systemctl(String... arguments) throws MigrationException {
        List<String> command = new ArrayList<>(List.of("systemctl", "--no-ask-password"));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private static Output run(List<String> command) throws MigrationException {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectInput(new File("/dev/null"))
                            .redirectErrorStream(true)
                            .start();
            byte[] said = process.getInputStream().readNBytes(MAX_OUTPUT);
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new MigrationException(String.join(" ", command) + ": no end in sight");
            }
            return new Output(process.exitValue(), new String(said, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new MigrationException(command.getFirst() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationException(command.getFirst() + ": interrupted", e);
        }
    }
}
