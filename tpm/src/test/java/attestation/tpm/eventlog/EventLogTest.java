// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Tool;
import attestation.tpm.HashAlgorithm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Firmware logs against tpm2_eventlog. */
class EventLogTest {
    private static final HexFormat HEX = HexFormat.of();

    /** Logs of each shape a firmware makes. */
    enum Shape {
        LEGACY,
        AGILE_TWO_BANKS,
        AGILE_LOCALITY_3,
        AGILE_FOUR_BANKS
    }

    /** Writes a log as the profile lays it out. */
    static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final List<HashAlgorithm> banks;

        Writer(List<HashAlgorithm> banks) {
            this.banks = banks;
        }

        Writer header() {
            ByteBuffer data = buffer(16 + 4 + 4 + 4 + 4 * banks.size() + 1);
            data.put("Spec ID Event03\0".getBytes(StandardCharsets.US_ASCII));
            data.putInt(0).put(new byte[] {0, 2, 0, 2}).putInt(banks.size());
            for (HashAlgorithm bank : banks) {
                data.putShort((short) bank.tpmId()).putShort((short) bank.size());
            }
            data.put((byte) 0);
            return legacy(0, 3, new byte[20], all(data));
        }

        Writer legacy(int pcr, long type, byte[] digest, byte[] data) {
            ByteBuffer event = buffer(8 + 20 + 4 + data.length);
            event.putInt(pcr).putInt((int) type).put(digest).putInt(data.length).put(data);
            out.writeBytes(all(event));
            return this;
        }

        Writer event(int pcr, long type, byte[] data) throws Exception {
            ByteBuffer event = buffer(4096 + data.length);
            event.putInt(pcr).putInt((int) type).putInt(banks.size());
            for (HashAlgorithm bank : banks) {
                byte[] digest = type == 3 ? new byte[bank.size()] : hash(bank, data);
                event.putShort((short) bank.tpmId()).put(digest);
            }
            event.putInt(data.length).put(data);
            out.writeBytes(all(event));
            return this;
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        /** What was written so far. */
        static byte[] all(ByteBuffer written) {
            byte[] bytes = new byte[written.position()];
            written.get(0, bytes);
            return bytes;
        }

        private static ByteBuffer buffer(int size) {
            return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private static byte[] hash(HashAlgorithm bank, byte[] data) throws Exception {
        return bank.newDigest().digest(data);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] log(Shape shape) throws Exception {
        if (shape == Shape.LEGACY) {
            byte[] data = ascii("POST CODE");
            return new Writer(List.of(HashAlgorithm.SHA1))
                    .legacy(0, 1, hash(HashAlgorithm.SHA1, data), data)
                    .legacy(4, 4, hash(HashAlgorithm.SHA1, new byte[4]), new byte[4])
                    .bytes();
        }
        List<HashAlgorithm> banks =
                shape == Shape.AGILE_FOUR_BANKS
                        ? List.of(
                                HashAlgorithm.SHA1,
                                HashAlgorithm.SHA256,
                                HashAlgorithm.SHA384,
                                HashAlgorithm.SHA512)
                        : List.of(HashAlgorithm.SHA1, HashAlgorithm.SHA256);
        Writer writer = new Writer(banks).header();
        if (shape == Shape.AGILE_LOCALITY_3) {
            writer.event(0, 3, ascii("StartupLocality\0\3"));
        }
        return writer.event(0, 8, "1.0".getBytes(StandardCharsets.UTF_16LE))
                .event(7, 0x80000001L, variable("SecureBoot", new byte[] {1}))
                .event(4, 0x80000007L, ascii("Calling EFI Application from Boot Option"))
                .event(0, 4, new byte[4])
                .event(8, 0xd, ascii("grub_cmd: linux /vmlinuz\0"))
                .bytes();
    }

    private static byte[] variable(String name, byte[] data) {
        ByteBuffer out = Writer.buffer(16 + 16 + 2 * name.length() + data.length);
        out.put(HEX.parseHex("61dfe48bca93d211aa0d00e098032b8c"));
        out.putLong(name.length()).putLong(data.length);
        return Writer.all(out.put(name.getBytes(StandardCharsets.UTF_16LE)).put(data));
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    void replay_everyShape_givesThePcrsOfTpm2Eventlog(Shape shape, @TempDir Path folder)
            throws Exception {
        byte[] bytes = log(shape);
        Path file = Files.write(folder.resolve("log"), bytes);
        Map<String, String> expected = oracle(file);
        if (shape == Shape.AGILE_LOCALITY_3) {
            // tpm2_eventlog 5.4 extends the StartupLocality event, which no TPM ever sees; these
            // two were computed with Python's hashlib from 00…03, the version and the separator
            expected.put("sha1:0", "9d8564a02d579871070c2dd53559d89dd0fad5c8");
            expected.put(
                    "sha256:0", "f9e2de14f162cb23ab8518dde32e08017a5e9187261b24f05b95c2f73d163808");
        }
        assertEquals(expected, ours(EventLog.parse(bytes)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"debian12-6.1-tcb", "debian12-6.12-tcb"})
    void replay_logOfARealBoot_givesThePcrsTheTpmHad(String name, @TempDir Path folder)
            throws Exception {
        String resource = "/attestation/fixtures/ima/" + name + "/";
        byte[] bytes = read(resource + "binary_bios_measurements");
        Map<String, String> ours = ours(EventLog.parse(bytes));
        assertEquals(oracle(Files.write(folder.resolve("log"), bytes)), ours);
        for (String bank : List.of("sha1", "sha256")) {
            List<String> tpm =
                    new String(read(resource + "pcrs." + bank), StandardCharsets.US_ASCII)
                            .lines()
                            .toList();
            for (int pcr = 0; pcr < 8; pcr++) {
                String value = ours.get(bank + ":" + pcr);
                assertTrue(value == null || tpm.get(pcr).toLowerCase(Locale.ROOT).contains(value));
            }
        }
    }

    private static byte[] read(String resource) throws Exception {
        try (var in = Tool.class.getResourceAsStream(resource)) {
            return java.util.Objects.requireNonNull(in, resource).readAllBytes();
        }
    }

    /** The {@code pcrs:} part of its output: bank, then PCR, then value. */
    static Map<String, String> oracle(Path file) {
        Map<String, String> values = new TreeMap<>();
        String bank = "";
        boolean pcrs = false;
        for (String line : Tool.run("tpm2_eventlog", file.toString()).text().lines().toList()) {
            pcrs |= line.equals("pcrs:");
            String[] parts = line.strip().split(" *: *", -1);
            if (pcrs && parts.length == 2 && parts[1].startsWith("0x")) {
                values.put(bank + ":" + parts[0], parts[1].substring(2).toLowerCase(Locale.ROOT));
            } else if (pcrs && parts.length == 2 && parts[1].isEmpty()) {
                bank = parts[0];
            }
        }
        assertFalse(values.isEmpty());
        return values;
    }

    static Map<String, String> ours(EventLog log) throws Exception {
        Map<String, String> values = new TreeMap<>();
        for (int id : log.algorithms().keySet()) {
            HashAlgorithm bank = HashAlgorithm.ofTpmId(id).orElseThrow();
            log.replay(bank)
                    .forEach(
                            (pcr, value) ->
                                    values.put(
                                            bank.keylimeName() + ":" + pcr, HEX.formatHex(value)));
        }
        return values;
    }

    @Test
    void events_ofALog_areDescribedForPeople() throws Exception {
        EventLog log = EventLog.parse(log(Shape.AGILE_LOCALITY_3));
        assertEquals(OptionalInt.of(3), log.startupLocality());
        assertTrue(log.cryptoAgile());
        List<String> lines =
                log.events().stream()
                        .map(e -> e.pcr() + " " + e.typeName() + " " + e.summary())
                        .toList();
        assertEquals(
                List.of(
                        "0 EV_NO_ACTION Spec ID Event03 (37 bytes)",
                        "0 EV_NO_ACTION StartupLocality (17 bytes)",
                        "0 EV_S_CRTM_VERSION 1.0",
                        "7 EV_EFI_VARIABLE_DRIVER_CONFIG SecureBoot"
                                + " 8be4df61-93ca-11d2-aa0d-00e098032b8c (1 bytes)",
                        "4 EV_EFI_ACTION Calling EFI Application from Boot Option",
                        "0 EV_SEPARATOR 00000000",
                        "8 EV_IPL grub_cmd: linux /vmlinuz"),
                lines);
    }

    @Test
    void summary_hostileText_isEscapedAndBounded() throws Exception {
        byte[] hostile = ("\u001b[31m\n" + "x".repeat(10_000)).getBytes(StandardCharsets.UTF_8);
        Writer writer = new Writer(List.of(HashAlgorithm.SHA256)).header();
        EventLog log = EventLog.parse(writer.event(8, 0xd, hostile).bytes());
        String summary = log.events().get(1).summary();
        assertTrue(summary.startsWith("\\u001b[31m\\u000axxx"), summary);
        assertTrue(summary.length() < 200, summary);
    }

    @Test
    void parse_everyTruncation_isRefusedOrEndsBetweenEvents() throws Exception {
        byte[] whole = log(Shape.AGILE_LOCALITY_3);
        int accepted = 0;
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            try {
                EventLog.parse(cut);
                accepted++;
            } catch (EventLogException e) {
                assertEquals(EventLogException.Kind.TRUNCATED, e.kind(), "at " + length);
            }
        }
        assertEquals(7, accepted); // nothing, and after each event but the last
    }

    @Test
    void parse_hugeClaims_areRefusedWithoutAllocating() throws Exception {
        ByteBuffer event = Writer.buffer(32);
        event.putInt(0).putInt(4).put(new byte[20]).putInt(-1);
        EventLogException e =
                assertThrows(EventLogException.class, () -> EventLog.parse(Writer.all(event)));
        assertEquals(
                "firmware event log: event 0 at byte 32: 0 bytes left (expected: 4294967295)",
                e.getMessage());
        byte[] header = new Writer(List.of(HashAlgorithm.SHA256)).header().bytes();
        ByteBuffer digests = Writer.buffer(header.length + 12);
        digests.put(header).putInt(0).putInt(4).putInt(0x7fffffff);
        assertEquals(
                EventLogException.Kind.MALFORMED,
                assertThrows(EventLogException.class, () -> EventLog.parse(Writer.all(digests)))
                        .kind());
    }

    @Test
    void replay_bankTheLogLacks_saysSo() throws Exception {
        EventLog log = EventLog.parse(log(Shape.LEGACY));
        assertEquals(
                "firmware event log: no digests of bank sha256",
                assertThrows(
                                attestation.tpm.TpmException.Unsupported.class,
                                () -> log.replay(HashAlgorithm.SHA256))
                        .getMessage());
    }
}
