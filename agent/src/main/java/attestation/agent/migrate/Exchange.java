// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import attestation.agent.host.Account;
import attestation.config.AgentConfig;
import attestation.config.ConfigException;
import attestation.config.ConfigLoader;
import attestation.config.FileCheck;
import attestation.config.LoadedConfig;
import attestation.config.Surroundings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Does the exchange, in either direction; tells each step when it is done. */
final class Exchange {
    private static final String FILE_MODE = "rw-------";
    private static final String FOLDER_MODE = "rwx------";

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
        this.file = HostFiles.Owner.of(account, FILE_MODE);
        this.folder = HostFiles.Owner.of(account, FOLDER_MODE);
        this.steps = steps;
    }

    /** From Keylime's agent to ours. */
    void over(LoadedConfig loaded, String from) throws MigrationException, IOException {
        AgentConfig config = loaded.config();
        Places places = new Places(config.agent().stateDir(), settings.stateDirectory());
        List<Moved> files = places.files(config);
        note(places, files);
        stop(settings.keylimeUnit());
        for (Moved file : files) {
            if (HostFiles.isFile(file.source())) {
                copy(file);
            }
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

    /**
     * Written first: whatever fails afterwards can be taken back. Of the identity also what is not
     * there yet: our agent makes it, and it goes back, too.
     */
    private void note(Places places, List<Moved> files) throws IOException {
        HostFiles.Owner keylimes = HostFiles.owner(places.from());
        List<Ledger.Entry> entries = new ArrayList<>();
        for (Moved file : files) {
            if (file.goesBack()) {
                entries.add(entry(file, keylimes.with(FILE_MODE)));
            }
        }
        Ledger.Entry secure = entry(places.secure(), keylimes.with(FOLDER_MODE));
        String unit = services.exists(settings.keylimeUnit()) ? settings.keylimeUnit() : "";
        byte[] text = new Ledger(unit, entries, Optional.of(secure)).encode();
        HostFiles.write(settings.ledger(), text, file);
    }

    private static Ledger.Entry entry(Moved moved, HostFiles.Owner otherwise) throws IOException {
        boolean there = Files.exists(moved.source(), LinkOption.NOFOLLOW_LINKS);
        HostFiles.Owner owner = there ? HostFiles.owner(moved.source()) : otherwise;
        return new Ledger.Entry(
                moved.source(), moved.target(), owner, moved.role() == Moved.Role.PAYLOAD_KEY);
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

    /** The payload, and the key to it, where there is one. */
    private void secrets(Moved secure) throws MigrationException, IOException {
        if (Secrets.in(secure.source())) {
            services.mountSecure(secure.target());
            new Secrets(steps).copy(secure.source(), secure.target(), folder, file);
        }
    }

    /** From our agent back to Keylime's. */
    void back() throws MigrationException, IOException {
        Ledger ledger = Ledger.read(settings.ledger());
        sealed(ledger);
        stop(settings.ownUnit());
        for (Ledger.Entry entry : ledger.entries()) {
            giveBack(entry);
        }
        boolean payload = ledger.secure().isPresent() && payload(ledger.secure().get());
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
        if (payload) {
            Secrets.remove(ledger.secure().get().target());
        }
        Files.delete(settings.ledger());
        steps.accept("removed our copies: the identity is in one place again");
    }

    /** What only the TPM opens, Keylime's agent cannot have; refused before anything is done. */
    private void sealed(Ledger ledger) throws MigrationException {
        Path sealed = settings.sealedPayloadKey();
        if (!HostFiles.isFile(sealed)) {
            return;
        }
        for (Ledger.Entry entry : ledger.payloadKeys()) {
            if (HostFiles.isFile(entry.target())) {
                continue;
            }
            if (!HostFiles.isFile(entry.source())) {
                throw new MigrationException(
                        "%s: sealed to this TPM, and nowhere else (expected: plain at %s, since Keylime's agent cannot open it); set tpm.seal_state = false, restart our agent, and migrate back then"
                                .formatted(sealed, entry.target()));
            }
            steps.accept(
                    "left %s, which is sealed to this TPM; Keylime's agent goes on with %s"
                            .formatted(sealed, entry.source()));
        }
    }

    private boolean payload(Ledger.Entry secure) throws IOException {
        return Secrets.in(secure.target())
                && new Secrets(steps)
                        .copy(
                                secure.target(),
                                secure.source(),
                                secure.owner().with(FOLDER_MODE),
                                secure.owner().with(FILE_MODE));
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
