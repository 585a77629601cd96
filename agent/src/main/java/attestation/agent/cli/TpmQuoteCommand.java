// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.identity.Pem;
import attestation.agent.keylime.wire.PcrBlob;
import attestation.config.AgentConfig;
import attestation.config.FileCheck;
import attestation.tpm.PcrSelection;
import attestation.tpm.PcrValues;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.concurrent.Callable;

/** {@code agent tpm quote}. */
@Command(
        name = "quote",
        description = {
            "Quotes PCRs by this host's AK and writes what another tool needs to check it: ak.pem,"
                    + " quote.attest, quote.sig, pcrs.bin, nonce.bin. Prints the tpm2_checkquote"
                    + " command that does.",
            "",
            "Reads the agent's state, so it needs the agent's user or root. Without /dev/tpmrm0 stop"
                    + " the agent first."
        },
        footerHeading = "%nExample:%n",
        footer = "  agent tpm quote --pcrs sha256:0-7,10 --nonce 0011223344 --out quote",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:written",
            "2:no TPM, or it does not quote, or the files cannot be written",
            "64:the command line is not understood",
            "69:there is no AK yet: the agent has not run here",
            "78:the configuration cannot be used"
        })
final class TpmQuoteCommand implements Callable<Integer> {
    private static final int MAX_NONCE = 64;

    private final Console console;

    @Mixin HelpOption help = new HelpOption();
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--pcrs",
            required = true,
            paramLabel = "BANK:LIST[+BANK:LIST...]",
            description = "Banks and PCRs, for example sha256:0-7,10 or sha1:10+sha256:10.")
    private String pcrs = "";

    @Option(
            names = "--nonce",
            required = true,
            paramLabel = "HEX",
            description = "Qualifying data, 1 to 64 bytes; TPMs often take only 34 or 50.")
    private String nonce = "";

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Where to; a new or empty directory.")
    private Path folder = Path.of("");

    @Option(
            names = "--tcti",
            paramLabel = "TCTI",
            description = "Another TPM than the configured one.")
    private @Nullable String tcti;

    TpmQuoteCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException, InterruptedException {
        PcrSelection selection = PcrBanks.of(pcrs);
        byte[] data = data();
        AgentConfig loaded = ConfigReader.load(config.file(), FileCheck.SKIPPED).config();
        StoredAk stored = StoredAk.of(loaded);
        QuoteFolder out = QuoteFolder.make(folder);
        QuoteTaker.Taken taken =
                TpmAccess.ask(
                        TpmAccess.settings(loaded, Optional.ofNullable(tcti)),
                        tpm -> new QuoteTaker(tpm, stored).take(data, selection));
        out.write(files(data, taken));
        console.out().println(out.check(taken.hash(), HexFormat.of().formatHex(data)));
        console.out().flush();
        return ExitCodes.OK;
    }

    private static SequencedMap<String, byte[]> files(byte[] data, QuoteTaker.Taken taken) {
        SequencedMap<String, byte[]> files = new LinkedHashMap<>();
        Pem ak = new Pem("PUBLIC KEY", taken.ak().subjectPublicKeyInfo());
        files.put(QuoteFolder.AK, ak.text().getBytes(StandardCharsets.US_ASCII));
        files.put(QuoteFolder.ATTEST, taken.quote().attest());
        files.put(QuoteFolder.SIGNATURE, taken.quote().signature());
        files.put(QuoteFolder.PCRS, PcrBlob.encode(byId(taken.values())));
        files.put(QuoteFolder.NONCE, data);
        return files;
    }

    private static SequencedMap<Integer, SortedMap<Integer, byte[]>> byId(PcrValues values) {
        SequencedMap<Integer, SortedMap<Integer, byte[]>> banks = new LinkedHashMap<>();
        values.banks().forEach((bank, of) -> banks.put(bank.tpmId(), of));
        return banks;
    }

    private byte[] data() throws CliException {
        if (nonce.isEmpty() || nonce.length() > 2 * MAX_NONCE) {
            throw usage("--nonce: " + nonce.length() + " digits (expected: 2..128 hex digits)");
        }
        try {
            return HexFormat.of().parseHex(nonce);
        } catch (IllegalArgumentException e) {
            throw usage(
                    "--nonce: "
                            + Terminal.escape(nonce)
                            + " (expected: an even number of hex digits)");
        }
    }

    private static CliException usage(String message) {
        return new CliException(ExitCodes.USAGE, message);
    }
}
