// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import attestation.agent.host.Account;
import attestation.agent.host.FileSystemMagic;
import attestation.config.AgentConfig;
import attestation.config.ConfigException;
import attestation.config.ConfigLoader;
import attestation.config.FileCheck;
import attestation.config.LoadedConfig;
import attestation.config.Surroundings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Does the exchange, in either direction; tells each step when it is done. */
final class Exchange {
    private static final int MOST_SECRETS = 4096;

    private final Settings settings;
    private final Services services;
    private final Account account;
    private final HostFiles.Owner file;
    private final HostFiles.Owner folder;
    private final Consumer<String> steps;

    Exchange(Settings settings, Services services, Account account, Consumer<String> steps) {
        this.settings = settings;
        this.services = services;
        this.account = account;
        this.file = HostFiles.Owner.of(account, "rw-------");
        this.folder = HostFiles.Owner.of(account, "rwx------");
        this.steps = steps;
    }

    /** From Keylime's agent to ours. */
    void over(LoadedConfig loaded, String from) throws MigrationException, IOException {
        AgentConfig config = loaded.config();
        Places places = new Places(config.agent().stateDir(), settings.stateDirectory());
        List<Moved> files =
                places.files(config).stream().filter(f -> HostFiles.isFile(f.source())).toList();
        note(files);
        stop(settings.keylimeUnit());
        for (Moved file : files) {
            copy(file);
        }
        secrets(places.secure());
        configure(OwnConfig.render(loaded, from, places::of));
        check();
        start(settings.ownUnit());
    }

    /** What was written must be usable before anything is started on it. */
    private void check() throws MigrationException {
        try {
            ConfigLoader.load(
                    settings.ownFile(),
                    Map.of(),
                    new Surroundings(Map.of(), Path.of("/"), false),
                    FileCheck.REQUIRED);
        } catch (ConfigException e) {
            throw new MigrationException(
                    "our configuration is not usable as it is now, so our agent was not started: "
                            + e.getMessage()
                            + "; put it right and start "
                            + settings.ownUnit()
                            + ", or take all back: agent migrate --back",
                    e);
        }
    }

    /** Written first: whatever fails afterwards can be taken back. */
    private void note(List<Moved> files) throws IOException {
        List<Ledger.Entry> entries = new ArrayList<>();
        for (Moved file : files) {
            if (file.identity()) {
                entries.add(
                        new Ledger.Entry(
                                file.source(), file.target(), HostFiles.owner(file.source())));
            }
        }
        String unit = services.exists(settings.keylimeUnit()) ? settings.keylimeUnit() : "";
        HostFiles.write(settings.ledger(), new Ledger(unit, entries).encode(), file);
    }

    private void stop(String unit) throws MigrationException {
        if (services.available() && services.exists(unit)) {
            services.stopAndDisable(unit);
            steps.accept("stopped and disabled " + unit);
        }
    }

    private void start(String unit) throws MigrationException {
        if (services.available() && services.exists(unit)) {
            services.enableAndStart(unit);
            steps.accept("enabled and started " + unit);
        }
    }

    private void copy(Moved moved) throws IOException {
        Path parent = moved.target().getParent();
        HostFiles.makeFolders(
                settings.stateDirectory(),
                parent == null ? settings.stateDirectory() : parent,
                folder);
        HostFiles.write(moved.target(), HostFiles.read(moved.source()), file);
        steps.accept(
                "copied %s to %s, for %s only"
                        .formatted(moved.source(), moved.target(), account.name()));
    }

    private void configure(String text) throws IOException {
        Path snippet = settings.snippet();
        Path parent = snippet.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (!Files.exists(settings.ownFile(), LinkOption.NOFOLLOW_LINKS)) {
            HostFiles.write(settings.ownFile(), new byte[0], readable());
        }
        HostFiles.write(snippet, text.getBytes(StandardCharsets.UTF_8), readable());
        steps.accept("wrote " + snippet);
    }

    /** Root's, readable for the agent: it may hold passwords. */
    private HostFiles.Owner readable() throws IOException {
        int writer = HostFiles.owner(Path.of("/proc/self")).uid();
        return new HostFiles.Owner(
                writer, account.gid(), PosixFilePermissions.fromString("rw-r-----"));
    }

    /** The payload and its key, which must never reach a disk. */
    private void secrets(Moved secure) throws MigrationException, IOException {
        if (!Files.isDirectory(secure.source(), LinkOption.NOFOLLOW_LINKS)
                || !Files.isDirectory(secure.source().resolve("unzipped"))) {
            return;
        }
        services.mountSecure(secure.target());
        if (Files.isDirectory(secure.target(), LinkOption.NOFOLLOW_LINKS)
                && FileSystemMagic.isTmpfs(secure.target())) {
            int copied = copyFolder(secure.source(), secure.target(), "unzipped", 0);
            steps.accept("copied %d files of the payload to %s".formatted(copied, secure.target()));
        } else {
            steps.accept(
                    "left the payload in %s, since %s is no tmpfs; deliver it again where it is needed"
                            .formatted(secure.source(), secure.target()));
        }
    }

    private int copyFolder(Path from, Path to, String name, int before) throws IOException {
        Path source = from.resolve(name);
        Path target = to.resolve(name);
        HostFiles.makeFolders(to, target, folder);
        int count = before;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(source)) {
            for (Path one : all) {
                String child = String.valueOf(one.getFileName());
                if (Files.isDirectory(one, LinkOption.NOFOLLOW_LINKS)) {
                    count = copyFolder(source, target, child, count);
                } else if (HostFiles.isFile(one) && count < MOST_SECRETS) {
                    HostFiles.write(target.resolve(child), HostFiles.read(one), file);
                    count++;
                }
            }
        }
        return count;
    }

    /** From our agent back to Keylime's. */
    void back() throws MigrationException, IOException {
        Ledger ledger = Ledger.read(settings.ledger());
        stop(settings.ownUnit());
        for (Ledger.Entry entry : ledger.entries()) {
            giveBack(entry);
        }
        if (Files.deleteIfExists(settings.snippet())) {
            steps.accept("removed " + settings.snippet());
        }
        if (ledger.unit().isEmpty()) {
            steps.accept("start Keylime's agent as it was started before");
        } else {
            start(ledger.unit());
        }
        for (Ledger.Entry entry : ledger.entries()) {
            Files.deleteIfExists(entry.target());
        }
        Files.delete(settings.ledger());
        steps.accept("removed our copies: the identity is in one place again");
    }

    private void giveBack(Ledger.Entry entry) throws IOException {
        if (!HostFiles.isFile(entry.target())) {
            return;
        }
        byte[] ours = HostFiles.read(entry.target());
        boolean same =
                HostFiles.isFile(entry.source())
                        && Arrays.equals(HostFiles.read(entry.source()), ours);
        if (same) {
            steps.accept(entry.source() + " is as it was");
        } else {
            HostFiles.write(entry.source(), ours, entry.owner());
            steps.accept(
                    "gave %s back as %s, with its former owner and mode"
                            .formatted(entry.target(), entry.source()));
        }
    }
}
