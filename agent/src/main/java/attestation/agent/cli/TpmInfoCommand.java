// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.tpm.TpmInfo;
import attestation.tpm.TpmSettings;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code agent tpm info}. */
@Command(
        name = "info",
        description = {
            "Prints what the TPM says of itself: maker, banks, algorithms, EK certificates, handles,"
                    + " lockout, clock. Nothing in it is changed.",
            "",
            "The TPM is that of --tcti, of the configuration, of the environment variable TCTI, or"
                    + " the host's device. With --tcti and without --config no configuration is"
                    + " read."
        },
        footerHeading = "%nExample:%n",
        footer = "  agent tpm info --tcti device:/dev/tpmrm0",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:printed; that there is no EK certificate is no error",
            "2:no TPM, one that does not answer, or one in failure mode",
            "64:the command line is not understood",
            "78:the configuration cannot be used"
        })
final class TpmInfoCommand implements Callable<Integer> {
    private static final Path CLASS = Path.of("/sys/class/tpm");

    private final Console console;

    @Mixin HelpOption help = new HelpOption();
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--tcti",
            paramLabel = "TCTI",
            description = "device:PATH, swtpm:path=PATH or swtpm:host=HOST,port=PORT.")
    private @Nullable String tcti;

    @Option(names = "--json", description = "Prints all as JSON.")
    private boolean json;

    TpmInfoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException, InterruptedException {
        TpmSettings settings = TpmAccess.settings(config.file(), Optional.ofNullable(tcti));
        TpmInfo info = TpmAccess.ask(settings, tpm -> tpm.info(TpmAccess.SLOW));
        Optional<List<String>> kernel = KernelBanks.of(settings.address(), CLASS);
        console.out()
                .print(
                        json
                                ? TpmInfoJson.render(info, kernel)
                                : new TpmInfoText(info, kernel).render());
        console.out().flush();
        return info.failure().isPresent() ? TpmAccess.FAILED : ExitCodes.OK;
    }
}
