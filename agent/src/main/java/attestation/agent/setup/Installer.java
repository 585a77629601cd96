// SPDX-License-Identifier: Apache-2.0
package attestation.agent.setup;

import attestation.agent.doctor.Host;
import attestation.ima.signature.FileVerifier;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Carries a plan out, and takes it back. Every file is written beside its place, forced to disk and
 * renamed: a crash leaves the old or the new one.
 */
public final class Installer {
    private static final String DRACUT_CONF = "/etc/dracut.conf.d/98-integrity.conf";
    private static final String DRACUT_TEXT = "add_dracutmodules+=\" integrity \"\n";
    private static final String NEW = "/etc/ima/ima-policy.new";
    private static final String BACKUP = "/etc/ima/ima-policy.before-setup";

    /** Tells that there was no policy before. */
    private static final String NONE = "/etc/ima/ima-policy.none-before-setup";

    private final Host host;
    private final Commands commands;
    private final Consumer<String> progress;

    /**
     * @param progress is told each step that was done
     */
    public Installer(Host host, Commands commands, Consumer<String> progress) {
        this.host = host;
        this.commands = commands;
        this.progress = progress;
    }

    /**
     * Carries out a plan without refusals. What the policy needs at boot is made before it is
     * installed: it stands nowhere without its keys.
     *
     * @throws IOException naming the step that failed; when it is the initramfs or the kernel, the
     *     policy is not installed
     */
    public void install(Plan plan) throws IOException {
        if (!plan.refusals().isEmpty()) {
            throw new IllegalArgumentException("a refused plan");
        }
        Path fresh = host.files().at(NEW);
        Files.createDirectories(fresh.getParent());
        write(fresh, plan.policy());
        if (plan.signature().length > 0) {
            host.xattrs().set(fresh, FileVerifier.IMA, plan.signature());
        }
        try {
            prepareBoot(plan);
            if (plan.loadNow()) {
                load();
            }
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
        backUp();
        move(fresh, host.files().at(Host.POLICY));
        progress.accept("installed " + Host.POLICY);
        readBack(plan);
    }

    private void prepareBoot(Plan plan) throws IOException {
        if (plan.dracut()) {
            dracut();
        }
        if (plan.zipl()) {
            commands.run(List.of("zipl"));
        }
    }

    private void load() throws IOException {
        try {
            Files.writeString(host.files().at(Host.LOADED), NEW + "\n", StandardOpenOption.WRITE);
            progress.accept("the kernel loaded the policy");
        } catch (IOException e) {
            throw new IOException(
                    "the kernel refused the policy ("
                            + e.getMessage()
                            + "), it was not installed: agent doctor policy-accepted denials",
                    e);
        }
    }

    private void backUp() throws IOException {
        Path policy = host.files().at(Host.POLICY);
        Path backup = host.files().at(BACKUP);
        Path none = host.files().at(NONE);
        if (Files.exists(backup) || Files.exists(none)) {
            progress.accept("kept the backup of the first setup");
        } else if (Files.exists(policy)) {
            write(backup, Files.readAllBytes(policy));
            Optional<byte[]> signature = host.xattrs().get(policy, FileVerifier.IMA);
            if (signature.isPresent()) {
                host.xattrs().set(backup, FileVerifier.IMA, signature.get());
            }
            progress.accept("kept the policy before in " + BACKUP);
        } else {
            write(none, new byte[0]);
        }
    }

    private void dracut() throws IOException {
        Path conf = host.files().at(DRACUT_CONF);
        if (!Files.exists(conf)) {
            Files.createDirectories(conf.getParent());
            Path fresh = conf.resolveSibling("98-integrity.conf.new");
            write(fresh, DRACUT_TEXT.getBytes(StandardCharsets.US_ASCII));
            move(fresh, conf);
        }
        commands.run(List.of("dracut", "-f", "--regenerate-all"));
        progress.accept("the initramfs loads the keys");
    }

    private void readBack(Plan plan) throws IOException {
        Path policy = host.files().at(Host.POLICY);
        byte[] signature = host.xattrs().get(policy, FileVerifier.IMA).orElse(new byte[0]);
        boolean same =
                Arrays.equals(Files.readAllBytes(policy), plan.policy())
                        && Arrays.equals(signature, plan.signature());
        if (!same) {
            throw new IOException(
                    Host.POLICY + " reads back as something else: agent ima setup --undo");
        }
        progress.accept("read back: content and security.ima are as given");
    }

    /**
     * Restores the files as they were before the first setup.
     *
     * @throws IOException when there is no backup, or a file cannot be restored
     */
    public void undo() throws IOException {
        Path policy = host.files().at(Host.POLICY);
        Path backup = host.files().at(BACKUP);
        Path none = host.files().at(NONE);
        if (Files.exists(backup)) {
            move(backup, policy);
            progress.accept("restored " + Host.POLICY);
        } else if (Files.exists(none)) {
            Files.deleteIfExists(policy);
            Files.delete(none);
            progress.accept("removed " + Host.POLICY + ", there was none before");
        } else if (!ownDracut()) {
            throw new IOException("no backup " + BACKUP + ": nothing was set up here");
        }
        undoDracut();
    }

    private boolean ownDracut() throws IOException {
        Path conf = host.files().at(DRACUT_CONF);
        return Files.exists(conf) && Files.readString(conf).equals(DRACUT_TEXT);
    }

    private void undoDracut() throws IOException {
        if (ownDracut()) {
            Files.delete(host.files().at(DRACUT_CONF));
            commands.run(List.of("dracut", "-f", "--regenerate-all"));
            progress.accept("removed " + DRACUT_CONF);
        }
    }

    private static void write(Path path, byte[] bytes) throws IOException {
        Files.write(path, bytes);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel folder = FileChannel.open(to.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }
}
