// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.verify.PublicArea;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code agent identity}. */
@Command(
        name = "identity",
        description =
                "Prints who this host is: id, AK, EK certificate; for pinning elsewhere. Reads the"
                        + " agent's state, so it needs the agent's user or root; the EK certificate"
                        + " is read from the TPM.",
        footerHeading = "%nExample:%n",
        footer = {
            "  agent identity --ak pem > ak.pem",
            "  agent verify https://192.0.2.7:9002 --ak ak.pem …"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:printed",
            "64:the command line is not understood",
            "69:there is no identity yet: the agent has not run here",
            "78:the configuration cannot be used"
        })
final class IdentityCommand implements Callable<Integer> {
    /** In which form the AK alone is wanted. */
    enum Form {
        pem,
        tpm2b,
        name
    }

    private final Console console;
    private final IdentitySource source;

    @Mixin HelpOption help = new HelpOption();
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--ak",
            paramLabel = "FORM",
            description =
                    "Only the AK: pem (public key), tpm2b (TPM2B_PUBLIC: binary, on a terminal"
                            + " base64) or name (hex).")
    private @Nullable Form form;

    @Option(names = "--json", description = "Prints all as JSON.")
    private boolean json;

    IdentityCommand(Console console, IdentitySource source) {
        this.console = console;
        this.source = source;
    }

    @Override
    public Integer call() throws CliException, InterruptedException {
        IdentitySource.Identity identity = source.identity(config.file());
        PublicArea ak = area(identity.ak());
        if (form != null) {
            print(form, ak, identity.ak());
        } else if (json) {
            console.out()
                    .print(IdentityJson.render(identity, ak, source.ekCertificates(config.file())));
        } else {
            text(identity, ak, source.ekCertificates(config.file()));
        }
        console.out().flush();
        return ExitCodes.OK;
    }

    private static PublicArea area(byte[] tpm2b) throws CliException {
        try {
            return PublicArea.of(tpm2b);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCodes.UNAVAILABLE, "AK: " + e.getMessage());
        }
    }

    private void print(Form wanted, PublicArea ak, byte[] tpm2b) {
        switch (wanted) {
            case pem -> console.out().print(ak.pem());
            case name -> console.out().println(ak.name());
            case tpm2b -> {
                if (isTerminal()) {
                    console.out().println(Base64.getEncoder().encodeToString(tpm2b));
                } else {
                    console.out().write(tpm2b, 0, tpm2b.length);
                }
            }
        }
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).filter(c -> c.isTerminal()).isPresent();
    }

    private void text(
            IdentitySource.Identity identity, PublicArea ak, IdentitySource.EkCertificates ek) {
        console.out()
                .println("id       " + identity.agentId().orElse("settled at the first start"));
        console.out().println("ak name  " + ak.name());
        console.out().println("ak       " + ak.kind());
        console.out().print(ak.pem());
        console.out().println("ek certificate" + (ek.note().isEmpty() ? "" : "  " + ek.note()));
        ek.pem().forEach(pem -> console.out().print(pem));
    }
}
