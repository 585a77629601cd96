// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.agent.host.Account;
import attestation.agent.host.UserSwitch;
import attestation.agent.identity.IdentityException;
import attestation.agent.keylime.payload.PayloadException;
import attestation.agent.keylime.payload.SecureFolder;
import attestation.config.AgentConfig;
import attestation.ima.follow.ImaPaths;

import org.slf4j.Logger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A start as root with {@code run_as}, as Keylime's agent is started: what only root can prepare is
 * prepared, then the process becomes that user. Under our unit there is no root and nothing to do.
 */
final class RunAs {
    private static final Path SECURITYFS = Path.of("/sys/kernel/security");

    private final AgentConfig config;
    private final Logger log;

    RunAs(AgentConfig config, Logger log) {
        this.config = config;
        this.log = log;
    }

    /**
     * @param superuser whether this process is root
     */
    void apply(boolean superuser) throws IOException, InterruptedException, IdentityException {
        String user = config.agent().runAs();
        if (!superuser) {
            if (!user.isEmpty()) {
                log.info("run_as is not used, since the agent was not started as root");
            }
        } else if (user.isEmpty()) {
            log.warn("running as root (expected: run_as, or a unit with User=)");
        } else {
            become(account(user));
        }
    }

    private static Account account(String runAs) throws IdentityException {
        String[] names = runAs.split(":", 2);
        try {
            return Account.find(names[0], names[1], Path.of("/"));
        } catch (IOException e) {
            throw new IdentityException("run_as: " + e.getMessage(), e);
        }
    }

    private void become(Account account)
            throws IOException, InterruptedException, IdentityException {
        secureFolder(account);
        socketFolder(account);
        for (Path file : kernelFiles()) {
            readable(file, account);
        }
        UserSwitch.become(account);
        log.info("running as {} uid={} gid={}", account.name(), account.uid(), account.gid());
    }

    private void secureFolder(Account account)
            throws IOException, InterruptedException, IdentityException {
        if (!config.takesPayloads()) {
            return;
        }
        Path secure = config.agent().stateDir().resolve("secure");
        try {
            SecureFolder.prepare(secure, config.payload().secureSize());
        } catch (PayloadException e) {
            throw new IdentityException("Secure mount error: " + e.getMessage(), e);
        }
        own(secure, account);
    }

    private void socketFolder(Account account) throws IOException {
        Path folder = config.status().socket().getParent();
        if (folder != null && !Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(folder);
            own(folder, account);
        }
    }

    private static void own(Path folder, Account account) throws IOException {
        Files.setAttribute(folder, "unix:uid", account.uid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(folder, "unix:gid", account.gid(), LinkOption.NOFOLLOW_LINKS);
    }

    private List<Path> kernelFiles() {
        Path list = config.ima().list().orElseGet(() -> ImaPaths.ofHost().ascii());
        Optional<Path> count = config.ima().count().or(() -> ImaPaths.countBeside(list));
        return Stream.of(Optional.of(list), count, config.ima().bootLog())
                .flatMap(Optional::stream)
                .toList();
    }

    /** The kernel's own files only: those that somebody else made are for him to open up. */
    private void readable(Path file, Account account) {
        try {
            Path real = file.toRealPath();
            if (real.startsWith(SECURITYFS)) {
                Set<PosixFilePermission> mode = EnumSet.of(PosixFilePermission.GROUP_READ);
                mode.addAll(Files.getPosixFilePermissions(real));
                Files.setAttribute(real, "unix:gid", account.gid());
                Files.setPosixFilePermissions(real, mode);
            }
        } catch (NoSuchFileException e) {
            log.debug("not there file={}", file); // whoever needs it will say so
        } catch (IOException e) {
            log.warn(
                    "not readable for {} file={} reason=\"{}\"",
                    account.name(),
                    file,
                    e.toString());
        }
    }
}
