// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.config.AgentConfig;
import attestation.config.ConfigLoader;
import attestation.config.FileCheck;
import attestation.config.Surroundings;
import attestation.config.value.Secret;
import attestation.tpm.Auth;
import attestation.tpm.Tpm;
import attestation.tpm.TpmAddress;
import attestation.tpm.TpmException;
import attestation.tpm.TpmSettings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Finds the TPM that a command means, and asks it. */
final class TpmAccess {
    /** No TPM, or none that gives what is asked. */
    static final int FAILED = 2;

    /** Chips need minutes to make an RSA key in the worst case. */
    static final Duration SLOW = Duration.ofMinutes(5);

    private static final Duration REACH = Duration.ofSeconds(5);
    private static final String TCTI = "TCTI";

    private TpmAccess() {}

    interface Use<T> {
        T with(Tpm tpm) throws TpmException, InterruptedException, CliException;
    }

    /** Asks; a TPM that is not there within seconds is not waited for. */
    static <T> T ask(TpmSettings settings, Use<T> use) throws CliException, InterruptedException {
        try (Tpm tpm = Tpm.start(settings)) {
            reach(tpm);
            return use.with(tpm);
        } catch (TpmException e) {
            throw new CliException(
                    FAILED,
                    Terminal.escape(settings.address() + ": " + String.valueOf(e.getMessage())));
        }
    }

    /** A TPM that refuses is there: what is asked afterwards says more of it. */
    private static void reach(Tpm tpm) throws TpmException, InterruptedException {
        try {
            tpm.getRandom(1, REACH);
        } catch (TpmException.CommandFailed e) {
            return;
        } catch (TpmException.TpmUnavailable e) {
            String why = tpm.snapshot().lastFailure().map(f -> f.reason()).orElse(e.getMessage());
            throw new TpmException.TpmUnavailable(why, e);
        }
    }

    /**
     * Where {@code --tcti} is given alone, no configuration is read; where there is none at all,
     * the environment and the host's device count.
     */
    static TpmSettings settings(Optional<Path> file, Optional<String> tcti) throws CliException {
        boolean standard = Files.exists(Path.of(ConfigLoader.STANDARD_FILE));
        if (file.isPresent() || (standard && tcti.isEmpty())) {
            return settings(ConfigReader.load(file, FileCheck.SKIPPED).config(), tcti);
        }
        Surroundings here = StandardHooks.surroundings();
        return TpmSettings.of(address(tcti.or(() -> here.variable(TCTI))));
    }

    /** As configured, at another place where one is given. */
    static TpmSettings settings(AgentConfig config, Optional<String> tcti) throws CliException {
        Optional<String> configured = Optional.of(config.tpm().tcti()).filter(t -> !t.isEmpty());
        return TpmSettings.of(address(tcti.or(() -> configured)))
                .withAuth(
                        auth(config.tpm().endorsementPassword()),
                        auth(config.tpm().ownerPassword()))
                .withCommandTimeout(config.tpm().commandTimeout());
    }

    private static Optional<Auth> auth(Secret password) {
        return password.isEmpty() ? Optional.empty() : Optional.of(Auth.parse(password.reveal()));
    }

    private static TpmAddress address(Optional<String> tcti) throws CliException {
        try {
            return tcti.map(TpmAddress::parse).orElseGet(TpmAddress::defaultAddress);
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    ExitCodes.USAGE, Terminal.escape(String.valueOf(e.getMessage())));
        }
    }
}
