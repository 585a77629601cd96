// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

class MalformedListTest {
    private static final String HASH = "f661f0561d08d3d6d9e4a5d7f6a06d6cd3db14d2";
    private static final String BIG_ENDIAN_LEGACY =
            "/attestation/fixtures/ima-foreign/3.10-template-ima-big-endian/binary_runtime_measurements";
    private static final String ZERO = "0".repeat(40);

    private final SyntheticList list = new SyntheticList("x", true);

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "64 HASH ima-ng sha1:00 /x; pcr",
                "x0 HASH ima-ng sha1:00 /x; format",
                "10 abc ima-ng sha1:00 /x; format",
                "10 HASH ima-foo sha1:00 /x; template name",
                "10 HASH ima-sig sha1:00 /x  extra more; fields",
                "10 HASH ima-ng sha1:0g /x; d-ng",
                "10 HASH d-ng|n-ng|iuid sha1:00 /x 4294967296; iuid",
                "10 HASH d-ng|n-ng|imode sha1:00 /x -1; imode"
            })
    void parse_badLine_namesEntryFieldAndPlace(String line, String field) {
        byte[] bytes = (line.replace("HASH", HASH) + "\n").getBytes(StandardCharsets.ISO_8859_1);

        ImaLogException.Malformed e =
                assertThrows(ImaLogException.Malformed.class, () -> Lists.parse(bytes));

        assertEquals(field, e.field());
        assertEquals(0, e.entry());
        assertTrue(
                String.valueOf(e.getMessage())
                        .startsWith("malformed ima entry 0 at byte 0: " + field));
    }

    @Test
    void parse_anyChangedBitOfAListWithoutViolations_isRefused() {
        byte[] text = list.ascii(0, 2);
        byte[] binary = list.binary(0, 2);
        for (int bit = 0; bit < 8 * text.length; bit++) {
            assertRefused(text, bit);
        }
        for (int bit = 0; bit < 8 * list.binary(0).length; bit++) {
            if (isHashed(bit / 8 % list.binary(0).length)) {
                assertRefused(binary, bit);
            }
        }
    }

    /** PCR and template name are not part of what the kernel hashes. */
    private static boolean isHashed(int place) {
        return (place >= 4 && place < 28) || place >= 34;
    }

    private static void assertRefused(byte[] original, int bit) {
        byte[] changed = original.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        boolean hexCase = bit % 8 == 5 && Character.isLetter(original[bit / 8]);
        boolean pcrDigit =
                bit / 8 < 2
                        || original[Math.max(0, bit / 8 - 1)] == '\n'
                        || original[Math.max(0, bit / 8 - 2)] == '\n';
        if (!hexCase && !pcrDigit) {
            assertThrows(ImaLogException.class, () -> Lists.parse(changed), "bit " + bit);
        }
    }

    @Test
    void finish_everyCutOfAList_isTruncatedOrRefused() throws IOException {
        byte[] text = list.ascii(0, 3);
        byte[] binary = list.binary(0, 3);
        for (byte[] whole : List.of(text, binary)) {
            int one = whole.length / 3;
            for (int cut = 1; cut < whole.length; cut++) {
                byte[] part = Arrays.copyOf(whole, cut);
                if (cut != Lists.parse(whole).get(0).length()
                        && cut != Lists.parse(whole).get(2).offset()) {
                    assertThrows(
                            ImaLogException.class,
                            () -> Lists.parse(part),
                            "cut at " + cut + " of " + one);
                }
            }
        }
    }

    @Test
    void feed_violationWhoseNameStandsLast_waitsForTheBoundary() throws IOException {
        byte[] line =
                ("10 " + ZERO + " ima-ng sha1:" + ZERO + " /a\n")
                        .getBytes(StandardCharsets.US_ASCII);
        List<Entry> entries = new ArrayList<>();
        ListParser parser = new ListParser(HashAlgorithms.standard());
        parser.feed(ByteBuffer.wrap(line), (entry, raw) -> entries.add(entry));
        assertEquals(0, entries.size());
        parser.feed(
                ByteBuffer.wrap("b\n".getBytes(StandardCharsets.US_ASCII)),
                (entry, raw) -> entries.add(entry));
        parser.boundary((entry, raw) -> entries.add(entry));

        assertEquals("/a\\nb", Display.escape(entries.getFirst().name()));
        assertEquals(2, entries.getFirst().physicalLines());
        assertTrue(entries.getFirst().violation());
    }

    @Test
    void feed_afterAnError_saysTheSameAgain() {
        ListParser parser = new ListParser(HashAlgorithms.standard());
        ByteBuffer bad =
                ByteBuffer.wrap("garbage that is no list\n".getBytes(StandardCharsets.US_ASCII));
        ImaLogException first =
                assertThrows(ImaLogException.class, () -> parser.feed(bad, (e, raw) -> {}));
        ByteBuffer good = ByteBuffer.wrap(list.ascii(0));

        assertEquals(
                first,
                assertThrows(ImaLogException.class, () -> parser.feed(good, (e, raw) -> {})));
    }

    @Test
    void parse_hugeDeclaredLength_isRefusedBeforeItIsAllocated() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(list.binary(0));
        byte[] second = list.binary(1);
        Arrays.fill(second, 4 + 20 + 4 + 6, 4 + 20 + 4 + 6 + 4, (byte) 0xff);
        out.writeBytes(second);

        ImaLogException e =
                assertThrows(ImaLogException.class, () -> Lists.parse(out.toByteArray()));

        assertInstanceOf(ImaLogException.Malformed.class, e);
        assertEquals("template data length", e.field());
        assertEquals(1, e.entry());
        assertEquals("4294967295 (expected: 0..2097152)", e.reason());
    }

    /** The next entry of a big-endian list begins with NULs, and names are padded with NULs. */
    @Test
    void parse_legacyNameThatTakesANulOfTheNextEntry_isRefusedWhereItStands() throws IOException {
        byte[] bytes;
        try (InputStream in = MalformedListTest.class.getResourceAsStream(BIG_ENDIAN_LEGACY)) {
            bytes = Objects.requireNonNull(in).readAllBytes();
        }
        int nameLength = 4 + 20 + 4 + 3 + 20;
        ByteBuffer list = ByteBuffer.wrap(bytes);
        assertEquals("boot_aggregate".length(), list.getInt(nameLength));
        list.putInt(nameLength, "boot_aggregate".length() + 1);

        ImaLogException e = assertThrows(ImaLogException.class, () -> Lists.parse(bytes));

        assertEquals("n", e.field());
        assertEquals(0, e.entry());
        assertEquals("a NUL in it (expected: none; its length counts none)", e.reason());
    }

    @Test
    void parse_endlessLine_isRefusedAtItsLimit() {
        ListParser parser = new ListParser(HashAlgorithms.standard());
        byte[] start = ("10 " + HASH + " ima-ng sha1:00 /").getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = new byte[1 << 20];
        Arrays.fill(chunk, (byte) 'a');

        ImaLogException e =
                assertThrows(
                        ImaLogException.class,
                        () -> {
                            parser.feed(ByteBuffer.wrap(start), (entry, raw) -> {});
                            for (int i = 0; i < 16; i++) {
                                parser.feed(ByteBuffer.wrap(chunk), (entry, raw) -> {});
                            }
                        });

        assertEquals("line", e.field());
        assertTrue(
                parser.pending() <= Limits.MAX_ASCII_ENTRY + (1 << 17),
                "pending " + parser.pending());
    }

    @Test
    void parse_bigEndianLists_giveTheEntriesOfTheirMachine() throws Exception {
        byte[] data = bigEndianData();
        String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(data));
        String format = "d-ng|n-ng|iuid|imode";
        byte[] text =
                (" 9 " + hash + " " + format + " sha1:" + "ab".repeat(20) + " /big 70000 33261\n")
                        .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer binary = ByteBuffer.allocate(4 + 20 + 4 + format.length() + 4 + data.length);
        binary.putInt(9).put(HexFormat.of().parseHex(hash)).putInt(format.length());
        binary.put(format.getBytes(StandardCharsets.US_ASCII)).putInt(data.length).put(data);

        for (byte[] form : List.of(text, binary.array())) {
            Entry entry = Lists.parse(form).getFirst();
            assertEquals(ByteOrder.BIG_ENDIAN, entry.order());
            assertEquals(
                    HexFormat.of().formatHex(data), HexFormat.of().formatHex(entry.templateData()));
            assertEquals(9, entry.pcr());
            byte[] rendered = new AsciiRenderer(HashAlgorithms.standard()).renderProven(entry);
            assertEquals(
                    new String(text, StandardCharsets.US_ASCII),
                    new String(rendered, StandardCharsets.US_ASCII));
        }
    }

    private static byte[] bigEndianData() {
        ByteBuffer data = ByteBuffer.allocate(4 + 26 + 4 + 5 + 4 + 4 + 4 + 2);
        data.putInt(26)
                .put("sha1:\0".getBytes(StandardCharsets.US_ASCII))
                .put(HexFormat.of().parseHex("ab".repeat(20)));
        data.putInt(5).put("/big\0".getBytes(StandardCharsets.US_ASCII));
        data.putInt(4).putInt(70000);
        data.putInt(2).putShort((short) 33261);
        return data.array();
    }

    @Test
    void escape_differentBytes_giveDifferentText() {
        assertEquals(
                "/a\\x1b[31m\\n\\\\ü\\xff\\xe2\\x80\\xae",
                Display.escape(
                        new byte[] {
                            '/',
                            'a',
                            27,
                            '[',
                            '3',
                            '1',
                            'm',
                            '\n',
                            '\\',
                            (byte) 0xc3,
                            (byte) 0xbc,
                            (byte) 0xff,
                            (byte) 0xe2,
                            (byte) 0x80,
                            (byte) 0xae
                        }));
        java.util.Set<String> seen = new java.util.HashSet<>();
        for (int a = 0; a < 256; a++) {
            for (int b = 0; b < 256; b++) {
                assertTrue(seen.add(Display.escape(new byte[] {(byte) a, (byte) b})), a + " " + b);
            }
        }
    }
}
