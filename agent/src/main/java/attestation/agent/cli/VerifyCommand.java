// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.verify.Policy;
import attestation.agent.verify.Report;
import attestation.agent.verify.ReportJson;
import attestation.agent.verify.ReportText;
import attestation.agent.verify.Verifier;
import attestation.agent.verify.VerifierOptions;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;

/** {@code agent verify}. */
@Command(
        name = "verify",
        description = {
            "Plays a verifier, independent of the agent: asks for a quote with a nonce of its own and"
                    + " checks it, or checks evidence that was saved.",
            "",
            "Checked in this order, the first failure ends it: TPM_GENERATED magic and type; the"
                    + " nonce; the signature by the AK, its scheme and hash; the PCR selection; the"
                    + " digest over the PCR values; the payload key's binding to PCR 16; the list's"
                    + " replay to the quoted PCR 10; the firmware log's replay to the quoted PCRs"
                    + " 0-9 and 14 (the agent sends it when PCR 0 is asked for). Entries beyond the quote are unproven and said"
                    + " so. Without an AK that you trust nothing is ever called verified.",
            "",
            "The agent is met by its certificate (--ca or --server-cert). Host names are not"
                    + " compared, as Keylime's verifier does not: agents are known by certificate"
                    + " and AK."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  agent verify https://192.0.2.7:9002 --cert verifier.crt --key verifier.key \\",
            "      --ca agents-ca.crt --ak ak.pem --state host7.state --save evidence-1",
            "  agent verify --evidence evidence-1 --ak ak.pem"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:verified",
            "1:refuted",
            "2:could not tell: agent not reached, no trusted AK, beginning of the list not known",
            "64:the command line is not understood"
        })
final class VerifyCommand implements Callable<Integer> {
    private final Console console;

    @Mixin HelpOption help = new HelpOption();

    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            description = "Where the agent listens: https://host:port.")
    private @Nullable String url;

    @Option(
            names = "--evidence",
            paramLabel = "DIR",
            description =
                    "Checks what --save wrote, without any agent. May be given again for what"
                            + " followed: each set goes on where the one before ended.")
    private List<Path> evidence = new ArrayList<>();

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "Client certificate to show, PEM, with its chain.")
    private @Nullable Path certificate;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Its private key, PEM without password.")
    private @Nullable Path key;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "CAs that vouch for agents, PEM; an agent's own self-signed certificate also"
                            + " does.")
    private @Nullable Path ca;

    @Option(
            names = "--server-cert",
            paramLabel = "FILE",
            description = "The very certificate that the agent must show, PEM.")
    private @Nullable Path serverCertificate;

    @Option(
            names = "--ak",
            paramLabel = "FILE",
            description =
                    "The AK that is trusted: PEM public key or certificate, or TPM2B_PUBLIC (binary"
                            + " or base64), as agent identity --ak prints them.")
    private @Nullable Path ak;

    @Option(
            names = "--pcrs",
            paramLabel = "LIST",
            defaultValue = "10",
            description =
                    "PCRs to ask for, for example 0-7,10; standard: ${DEFAULT-VALUE}. PCR 16 is"
                            + " always quoted with them.")
    private String pcrs = "10";

    @Option(names = "--no-pubkey", description = "Does not ask for the payload key (partial=1).")
    private boolean noPubkey;

    @Option(
            names = "--from",
            paramLabel = "N",
            description =
                    "First line of the list to ask for; standard: where --state ends, else 0."
                            + " Beyond 0 the list is proven only from a state that ends there.")
    private @Nullable Long from;

    @Option(
            names = "--state",
            paramLabel = "FILE",
            description =
                    "What was proven of this host so far: read if it is there, written when verified."
                            + " With it old quotes and entries that are never covered are found."
                            + " With --evidence it is only read.")
    private @Nullable Path state;

    @Option(
            names = "--save",
            paramLabel = "DIR",
            description = "Writes the evidence there, whatever comes out; a new or empty folder.")
    private @Nullable Path save;

    @Option(
            names = "--hashes",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Hashes that are accepted; standard: sha256,sha384,sha512. SHA-1 only if named.")
    private Set<String> hashes = new HashSet<>();

    @Option(
            names = "--schemes",
            paramLabel = "NAME",
            split = ",",
            description = "Signature schemes that are accepted; standard: rsassa,rsapss,ecdsa.")
    private Set<String> schemes = new HashSet<>();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "For each answer as a whole; standard: ${DEFAULT-VALUE}.")
    private int timeoutSeconds = 60;

    @Option(
            names = "--max-list",
            paramLabel = "MIB",
            defaultValue = "1024",
            description = "Largest list that is taken; standard: ${DEFAULT-VALUE}.")
    private int maxListMebibytes = 1024;

    @Option(names = "--json", description = "Prints the report as JSON.")
    private boolean json;

    VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        Verifier verifier = new Verifier(new SecureRandom());
        Report report =
                evidence.isEmpty()
                        ? verifier.pull(options())
                        : verifier.saved(offline(), Optional.ofNullable(ak), stateFile(), policy());
        console.out().print(json ? ReportJson.render(report) : ReportText.render(report));
        console.out().flush();
        return report.verdict().exitCode();
    }

    private List<Path> offline() throws CliException {
        if (url != null || save != null || from != null) {
            throw usage("--evidence: cannot be combined with URL, --save or --from");
        }
        return evidence;
    }

    private VerifierOptions options() throws CliException {
        if (url == null) {
            throw usage("verify: what is missing (expected: URL or --evidence DIR)");
        }
        if (ca == null && serverCertificate == null) {
            throw usage("--ca: missing (expected: --ca FILE or --server-cert FILE)");
        }
        try {
            return options(Verifier.url(url));
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private VerifierOptions options(URI address) throws CliException {
        return new VerifierOptions(
                address,
                new VerifierOptions.Tls(
                        needed("--cert", certificate),
                        needed("--key", key),
                        Optional.ofNullable(ca),
                        Optional.ofNullable(serverCertificate)),
                Optional.ofNullable(ak),
                PcrList.mask(pcrs),
                !noPubkey,
                from == null
                        ? OptionalLong.empty()
                        : OptionalLong.of(range("--from", from, 0, Long.MAX_VALUE / 2)),
                stateFile(),
                Optional.ofNullable(save),
                Duration.ofSeconds(range("--timeout", timeoutSeconds, 1, 86_400)),
                range("--max-list", maxListMebibytes, 1, 1 << 20) << 20,
                policy());
    }

    private Optional<Path> stateFile() {
        return Optional.ofNullable(state);
    }

    private Policy policy() throws CliException {
        Policy standard = Policy.standard();
        try {
            return new Policy(
                    hashes.isEmpty() ? standard.hashes() : hashes,
                    schemes.isEmpty() ? standard.schemes() : schemes);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private static Path needed(String option, @Nullable Path file) throws CliException {
        if (file == null) {
            throw usage(option + ": missing (expected: " + option + " FILE)");
        }
        return file;
    }

    private static long range(String option, long value, long from, long to) throws CliException {
        if (value < from || value > to) {
            throw usage(option + ": " + value + " (expected: " + from + ".." + to + ")");
        }
        return value;
    }

    private static CliException usage(String message) {
        return new CliException(ExitCodes.USAGE, message + "; see agent verify --help");
    }
}
