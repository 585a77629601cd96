// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import attestation.agent.host.Account;
import attestation.config.AgentConfig;
import attestation.config.LoadedConfig;
import attestation.config.Notice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Looks at a host before its agents are exchanged; changes nothing. */
final class Inspection {
    private final Settings settings;
    private final Services services;
    private final Clock clock;
    private final List<Finding> findings = new ArrayList<>();

    Inspection(Settings settings, Services services, Clock clock) {
        this.settings = settings;
        this.services = services;
        this.clock = clock;
    }

    List<Finding> look(LoadedConfig loaded) {
        notices(loaded);
        findings.addAll(new Identity(loaded.config(), clock).look());
        payloads(loaded.config());
        account();
        places(loaded.config());
        units();
        return findings;
    }

    private void notices(LoadedConfig loaded) {
        for (Notice notice : loaded.notices()) {
            switch (notice.level()) {
                case WARNING -> add(Finding.Level.LOST, notice.toString());
                case INFO -> add(Finding.Level.NOTE, notice.toString());
            }
        }
    }

    private void payloads(AgentConfig config) {
        if (config.takesPayloads() && !config.payload().script().isEmpty()) {
            add(
                    Finding.Level.LOST,
                    "payload_script: %s - payloads are taken, but the unit of our agent lets no script run; allow it by a drop-in of the unit, or set payload.script = \"\""
                            .formatted(config.payload().script()));
        }
    }

    private void account() {
        try {
            if (Account.find(settings.user(), settings.root()).isEmpty()) {
                add(
                        Finding.Level.IN_THE_WAY,
                        "user %s: not on this host (expected: made by the package; else: systemd-sysusers, or --user)"
                                .formatted(settings.user()));
            }
        } catch (IOException e) {
            add(Finding.Level.IN_THE_WAY, "user " + settings.user() + ": " + e);
        }
        if (!Files.isDirectory(settings.stateDirectory())) {
            add(
                    Finding.Level.IN_THE_WAY,
                    settings.stateDirectory()
                            + ": no such directory (expected: made by the package)");
        }
    }

    private void places(AgentConfig config) {
        Places places = new Places(config.agent().stateDir(), settings.stateDirectory());
        if (settings.stateDirectory().startsWith(config.agent().stateDir())) {
            add(
                    Finding.Level.IN_THE_WAY,
                    "%s: Keylime's directory and ours are one (expected: two)"
                            .formatted(settings.stateDirectory()));
            return;
        }
        places.files(config).forEach(this::place);
        sealed();
    }

    private void sealed() {
        Path sealed = settings.sealedPayloadKey();
        if (Files.exists(sealed, LinkOption.NOFOLLOW_LINKS)) {
            add(
                    Finding.Level.IN_THE_WAY,
                    "%s: our agent has a payload key of its own already, sealed to this TPM, and would use that one (expected: none); stop it and move the folder away"
                            .formatted(sealed));
        }
    }

    private void place(Moved file) {
        try {
            if (Files.isSymbolicLink(file.source()) || Files.isSymbolicLink(file.target())) {
                add(
                        Finding.Level.IN_THE_WAY,
                        "%s: a link (expected: a file, here and at %s)"
                                .formatted(file.source(), file.target()));
            } else if (file.goesBack() && otherIsThere(file)) {
                add(
                        Finding.Level.IN_THE_WAY,
                        "%s: our agent has an identity of its own already (expected: none, or that of %s); stop it and move the file away"
                                .formatted(file.target(), file.source()));
            }
        } catch (IOException e) {
            add(Finding.Level.IN_THE_WAY, e.toString());
        }
    }

    private static boolean otherIsThere(Moved file) throws IOException {
        return Files.exists(file.target(), LinkOption.NOFOLLOW_LINKS)
                && HostFiles.isFile(file.source())
                && !Arrays.equals(HostFiles.read(file.source()), HostFiles.read(file.target()));
    }

    private void units() {
        if (!services.available()) {
            add(
                    Finding.Level.NOTE,
                    "no systemd here: stop Keylime's agent before, and start ours after, yourself");
            return;
        }
        if (!services.exists(settings.ownUnit())) {
            add(
                    Finding.Level.IN_THE_WAY,
                    settings.ownUnit() + ": no such unit (expected: the package is installed)");
        }
        if (!services.exists(settings.keylimeUnit())) {
            add(
                    Finding.Level.NOTE,
                    settings.keylimeUnit()
                            + ": no such unit; if Keylime's agent is run otherwise, stop it before");
        }
    }

    private void add(Finding.Level level, String text) {
        findings.add(new Finding(level, text));
    }

    /** The first thing that is in the way. */
    static Optional<Finding> obstacle(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.level() == Finding.Level.IN_THE_WAY)
                .findFirst();
    }
}
