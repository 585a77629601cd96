// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.ima.FastReplay;
import attestation.ima.HashAlgorithms;
import attestation.ima.Limits;
import attestation.ima.ReplayMode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code agent ima replay}. */
@Command(
        name = "replay",
        description = {
            "Replays a list into PCR values, as the TPM would hold them after a cold boot.",
            "",
            "Every entry is proven by its template hash on the way. Where the bank's own hash does"
                    + " not lead to the expected values, the padded SHA-1 of kernels that lack that"
                    + " hash is tried."
        },
        footerHeading = "%nExample:%n",
        footer = "  agent ima replay --live --expect 10=$(cat /sys/class/tpm/tpm0/pcr-sha256/10)",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:as expected, or nothing was expected",
            "1:differs; where the expected value is that of a prefix, the entry is named",
            "2:not a list; entry, place and reason are named",
            "64:the command line is not understood"
        })
final class ImaReplayCommand implements Callable<Integer> {
    private static final HexFormat HEX = HexFormat.of();

    /** As tpm2_pcrread and sysfs print values, with and without 0x. */
    private static final Pattern EXPECTED =
            Pattern.compile("([0-9]{1,2})=(?:0[xX])?((?:[0-9a-fA-F]{2})+)");

    private final Console console;

    @Mixin HelpOption help = new HelpOption();
    @Mixin private ListSource source = new ListSource();

    @Option(
            names = "--bank",
            paramLabel = "HASH",
            defaultValue = "sha256",
            description =
                    "PCR bank: sha1, sha256, sha384, sha512, sm3_256; standard: ${DEFAULT-VALUE}.")
    private String bank = "sha256";

    @Option(
            names = "--expect",
            paramLabel = "PCR=HEX",
            description = "Value that PCR must come to; may be given for several PCRs.")
    private List<String> expect = List.of();

    @Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    ImaReplayCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException, InterruptedException {
        Map<Integer, byte[]> expected = expected();
        Path path = source.path();
        ListSource.needsAFile(path);
        try {
            FastReplay.Result result =
                    new FastReplay(ListSource.algorithms())
                            .replay(path, List.of(bank), Map.of(name(), expected));
            FastReplay.Bank values = Objects.requireNonNull(result.banks().get(name()));
            console.out().print(json ? json(result, values) : text(result, values, expected));
            console.out().flush();
            return values.agrees() ? ExitCodes.OK : 1;
        } catch (IOException e) {
            throw ListSource.failed(path, e);
        }
    }

    private String name() {
        return HashAlgorithms.canonical(bank);
    }

    private Map<Integer, byte[]> expected() throws CliException {
        HashAlgorithms algorithms = ListSource.algorithms();
        if (!algorithms.supports(bank)) {
            throw usage("--bank", bank, "sha1, sha256, sha384, sha512 or sm3_256");
        }
        int size = algorithms.digest(bank).getDigestLength();
        Map<Integer, byte[]> values = new TreeMap<>();
        for (String wanted : expect) {
            Matcher parts = EXPECTED.matcher(wanted.strip());
            if (!parts.matches()
                    || parts.group(2).length() != 2 * size
                    || Integer.parseInt(parts.group(1)) > Limits.MAX_TPM_PCR
                    || values.containsKey(Integer.valueOf(parts.group(1)))) {
                throw usage(
                        "--expect",
                        wanted,
                        "PCR=HEX, each PCR of 0..23 once, " + 2 * size + " hex digits");
            }
            values.put(Integer.valueOf(parts.group(1)), HEX.parseHex(parts.group(2)));
        }
        return values;
    }

    private static CliException usage(String option, String value, String expected) {
        return new CliException(
                ExitCodes.USAGE,
                option + ": " + Terminal.escape(value) + " (expected: " + expected + ")");
    }

    private static String text(
            FastReplay.Result result, FastReplay.Bank bank, Map<Integer, byte[]> expected) {
        StringBuilder text = new StringBuilder();
        text.append(result.entries() + " entries, " + result.violations() + " violations\n");
        bank.values()
                .forEach(
                        (pcr, value) ->
                                text.append(bank.bank() + ":" + pcr + " " + HEX.formatHex(value))
                                        .append(verdict(bank, pcr, expected))
                                        .append('\n'));
        if (bank.mode() != ReplayMode.HASH) {
            text.append("this kernel extends padded SHA-1 into this bank\n");
        }
        return text.toString();
    }

    private static String verdict(FastReplay.Bank bank, int pcr, Map<Integer, byte[]> expected) {
        FastReplay.Agreement agreement = bank.agreements().get(pcr);
        byte[] wanted = expected.get(pcr);
        if (agreement == null || wanted == null) {
            return pcr > Limits.MAX_TPM_PCR ? " in no TPM: extended nowhere" : "";
        }
        if (agreement.atEnd()) {
            return " as expected";
        }
        String where =
                agreement.lastEntries().isEmpty()
                        ? "no prefix of the list comes to it: another boot's list, a kexec, or"
                                + " something else extended this PCR"
                        : "the list last came to it after "
                                + agreement.lastEntries().getAsLong()
                                + " entries";
        return " DIFFERS (expected: " + HEX.formatHex(wanted) + "; " + where + ")";
    }

    private static String json(FastReplay.Result result, FastReplay.Bank bank) {
        return JsonLines.object(
                out -> {
                    out.writeNumberField("entries", result.entries());
                    out.writeNumberField("violations", result.violations());
                    out.writeStringField("bank", bank.bank());
                    out.writeStringField("mode", bank.mode().name());
                    out.writeBooleanField("agrees", bank.agrees());
                    out.writeObjectFieldStart("pcrs");
                    for (Map.Entry<Integer, byte[]> value : bank.values().entrySet()) {
                        out.writeStringField(
                                String.valueOf(value.getKey()), HEX.formatHex(value.getValue()));
                    }
                    out.writeEndObject();
                    out.writeObjectFieldStart("last_agreed_after_entries");
                    for (var agreement : bank.agreements().entrySet()) {
                        if (agreement.getValue().lastEntries().isPresent()) {
                            out.writeNumberField(
                                    String.valueOf(agreement.getKey()),
                                    agreement.getValue().lastEntries().getAsLong());
                        }
                    }
                    out.writeEndObject();
                });
    }
}
