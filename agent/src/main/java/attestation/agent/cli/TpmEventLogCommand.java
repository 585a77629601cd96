// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;
import attestation.tpm.eventlog.EventLog;
import attestation.tpm.eventlog.EventLogException;
import attestation.tpm.eventlog.FirmwareEvent;

import com.fasterxml.jackson.core.JsonGenerator;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.concurrent.Callable;

/** {@code agent tpm eventlog}. */
@Command(
        name = "eventlog",
        description =
                "Prints what the firmware says it measured, and the PCR values that this comes to."
                        + " The log proves nothing by itself: compare the values with the TPM's.",
        footerHeading = "%nExample:%n",
        footer = "  agent tpm eventlog --json | jq .pcrs.sha256",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:printed",
            "2:not a log; event, place and reason are named",
            "64:the command line is not understood"
        })
final class TpmEventLogCommand implements Callable<Integer> {
    private static final int NOT_A_LOG = 2;
    private static final String LIVE = "/sys/kernel/security/tpm0/binary_bios_measurements";
    private static final HexFormat HEX = HexFormat.of();

    private final Console console;

    @Mixin HelpOption help = new HelpOption();

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            defaultValue = LIVE,
            description = "A firmware event log; standard: ${DEFAULT-VALUE}.")
    private Path file = Path.of(LIVE);

    @Option(names = "--json", description = "Prints all as one JSON object.")
    private boolean json;

    TpmEventLogCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        EventLog log = parse();
        SequencedMap<String, SortedMap<Integer, byte[]>> pcrs = replay(log);
        if (json) {
            console.out().print(JsonLines.object(out -> write(log, pcrs, out)));
        } else {
            log.events().forEach(this::text);
            pcrs.forEach(this::text);
        }
        console.out().flush();
        return ExitCodes.OK;
    }

    private EventLog parse() throws CliException {
        try (InputStream in = Files.newInputStream(file)) {
            EventLog log = EventLog.parse(in.readNBytes(EventLog.MAX_BYTES + 1));
            if (log.events().isEmpty()) {
                throw new CliException(
                        NOT_A_LOG,
                        ListSource.shown(file) + ": empty (expected: a firmware event log)");
            }
            return log;
        } catch (EventLogException e) {
            throw new CliException(
                    NOT_A_LOG,
                    ListSource.shown(file) + ": " + Terminal.escape(e.getMessage() + ""));
        } catch (NoSuchFileException e) {
            String live =
                    file.equals(Path.of(LIVE))
                            ? " (expected: a host with a TPM whose firmware keeps a log, and"
                                    + " securityfs mounted; or give a FILE)"
                            : "";
            throw new CliException(
                    NOT_A_LOG, "cannot read " + ListSource.shown(file) + ": no such file" + live);
        } catch (IOException e) {
            throw ListSource.failed(file, e);
        }
    }

    /** Of a bank that this Java cannot compute, only a word on standard error. */
    private SequencedMap<String, SortedMap<Integer, byte[]>> replay(EventLog log) {
        SequencedMap<String, SortedMap<Integer, byte[]>> pcrs = new LinkedHashMap<>();
        for (int id : log.algorithms().keySet()) {
            try {
                HashAlgorithm bank =
                        HashAlgorithm.ofTpmId(id)
                                .orElseThrow(() -> new TpmException.Unsupported("unknown hash"));
                pcrs.put(bank.keylimeName(), log.replay(bank));
            } catch (TpmException.Unsupported e) {
                console.error("bank " + name(id) + " is not replayed: " + e.getMessage());
            }
        }
        return pcrs;
    }

    private static String name(int id) {
        return HashAlgorithm.ofTpmId(id)
                .map(HashAlgorithm::keylimeName)
                .orElse("0x" + HEX.toHexDigits((short) id));
    }

    private void text(FirmwareEvent event) {
        console.out()
                .printf(
                        Locale.ROOT,
                        "%5d  %2s  %-32s %s%n",
                        event.number(),
                        event.extended() ? String.valueOf(event.pcr()) : "-",
                        event.typeName(),
                        event.summary());
        event.digests()
                .forEach(
                        (id, digest) ->
                                console.out()
                                        .println(
                                                "           "
                                                        + name(id)
                                                        + ":"
                                                        + HEX.formatHex(digest)));
    }

    private void text(String bank, SortedMap<Integer, byte[]> values) {
        console.out().println(bank + ":");
        values.forEach(
                (pcr, value) ->
                        console.out()
                                .printf(Locale.ROOT, "  %2d  %s%n", pcr, HEX.formatHex(value)));
    }

    private static void write(
            EventLog log, SequencedMap<String, SortedMap<Integer, byte[]>> pcrs, JsonGenerator out)
            throws IOException {
        out.writeBooleanField("crypto_agile", log.cryptoAgile());
        if (log.startupLocality().isPresent()) {
            out.writeNumberField("startup_locality", log.startupLocality().getAsInt());
        }
        out.writeArrayFieldStart("events");
        for (FirmwareEvent event : log.events()) {
            event(event, out);
        }
        out.writeEndArray();
        out.writeObjectFieldStart("pcrs");
        for (Map.Entry<String, SortedMap<Integer, byte[]>> bank : pcrs.entrySet()) {
            out.writeObjectFieldStart(bank.getKey());
            for (Map.Entry<Integer, byte[]> value : bank.getValue().entrySet()) {
                out.writeStringField(value.getKey().toString(), HEX.formatHex(value.getValue()));
            }
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    private static void event(FirmwareEvent event, JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeNumberField("event", event.number());
        out.writeNumberField("pcr", event.pcr());
        out.writeStringField("type", event.typeName());
        out.writeBooleanField("extended", event.extended());
        out.writeObjectFieldStart("digests");
        for (Map.Entry<Integer, byte[]> digest : event.digests().entrySet()) {
            out.writeStringField(name(digest.getKey()), HEX.formatHex(digest.getValue()));
        }
        out.writeEndObject();
        out.writeStringField("summary", event.summary());
        out.writeEndObject();
    }
}
