// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import attestation.agent.evidence.ListSlice;

import com.fasterxml.jackson.core.JsonFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;

class ListJsonTest {
    private static final Set<String> PREFIXES = prefixes();
    private static final byte[] PIECES = {
        'a',
        ' ',
        '"',
        '\\',
        '\n',
        0,
        0x1F,
        0x7F,
        (byte) 0x80,
        (byte) 0xBF,
        (byte) 0xC0,
        (byte) 0xC3,
        (byte) 0xE0,
        (byte) 0xE2,
        (byte) 0xED,
        (byte) 0xEF,
        (byte) 0xF0,
        (byte) 0xF4,
        (byte) 0xF5,
        (byte) 0xFF,
        (byte) 0xA0,
        (byte) 0x9F,
        (byte) 0x90,
        (byte) 0x8F,
        '\t',
        '\r',
        '\b',
        '\f',
        '/'
    };

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "61 0a | 61 5c 6e",
                "22 5c | 5c 22 5c 5c",
                "08 09 0c 0d | 5c 62 5c 74 5c 66 5c 72",
                "01 1f | 5c 75 30 30 30 31 5c 75 30 30 31 66",
                "7f 2f | 7f 2f",
                "c3 a9 | c3 a9",
                "f0 9f 98 80 | f0 9f 98 80",
                "ff | ef bf bd",
                "c3 | ef bf bd",
                "e2 82 0a | ef bf bd 5c 6e",
                "c0 80 | ef bf bd ef bf bd",
                "ed a0 80 | ef bf bd ef bf bd ef bf bd",
                "f4 90 80 80 | ef bf bd ef bf bd ef bf bd ef bf bd",
            })
    void read_bytes_escaped(String from, String to) throws IOException {
        byte[] escaped = escape(new BytesSlice(0, hex(from), 100), 100);

        assertEquals(to, HexFormat.ofDelimiter(" ").formatHex(escaped));
    }

    @Test
    void read_randomBytes_maximalMalformedPartsReplaced() throws IOException {
        var random = new Random(20261123);
        for (int round = 0; round < 4_000; round++) {
            byte[] raw = randomBytes(random);
            var slice = new BytesSlice(0, raw, 1 + random.nextInt(70));
            byte[] escaped = escape(slice, 1 + random.nextInt(20));

            assertEquals(decoded(raw), parsed(escaped));
            assertEquals(escaped.length, ListJson.length(slice));
        }
    }

    /** Every prefix of every code point's UTF-8, made by the JDK's encoder. */
    private static Set<String> prefixes() {
        var prefixes = new HashSet<String>();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < 0x800 ? 1 : 0x40) {
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                continue;
            }
            byte[] bytes = Character.toString(c).getBytes(StandardCharsets.UTF_8);
            for (int n = 1; n < bytes.length; n++) {
                prefixes.add(new String(bytes, 0, n, StandardCharsets.ISO_8859_1));
            }
        }
        return prefixes;
    }

    /** The longest part that begins a code point is replaced as one (Unicode, table 3-8). */
    private static String decoded(byte[] raw) {
        var out = new StringBuilder();
        for (int at = 0; at < raw.length; ) {
            int n = 1;
            while (at + n < raw.length && PREFIXES.contains(latin1(raw, at, n))) {
                n++;
            }
            String text = new String(raw, at, n, StandardCharsets.UTF_8);
            boolean good = text.codePointCount(0, text.length()) == 1 && !text.equals("\uFFFD");
            boolean cut = !good && n > 1 && !PREFIXES.contains(latin1(raw, at, n));
            out.append(good ? text : "\uFFFD");
            at += cut ? n - 1 : n;
        }
        return out.toString();
    }

    private static String latin1(byte[] raw, int at, int n) {
        return new String(raw, at, n, StandardCharsets.ISO_8859_1);
    }

    @Test
    void read_longerThanStaging_sequencesAcrossItsEndAreKept() throws IOException {
        String text = "x" + "é€😀\n".repeat(40_000);
        byte[] escaped = escape(BytesSlice.of(0, text), 8_191);

        assertEquals(text, parsed(escaped));
    }

    @Test
    void length_plainLines_oneMorePerLineWithoutReading() throws IOException {
        ListSlice unread =
                new ListSlice() {
                    @Override
                    public long firstLine() {
                        return 0;
                    }

                    @Override
                    public long lines() {
                        return 3;
                    }

                    @Override
                    public long bytes() {
                        return 300;
                    }

                    @Override
                    public int read(long offset, ByteBuffer target) {
                        throw new AssertionError("read");
                    }

                    @Override
                    public boolean needsEscaping() {
                        return false;
                    }
                };

        assertEquals(303, ListJson.length(unread));
    }

    @Test
    void body_pieces_headListTail() throws IOException {
        var slice = BytesSlice.of(7, "a b\nc d\n");
        byte[] head = ascii("[\"");
        byte[] tail = ascii("\"]");
        long length = ListBody.length(head, slice, tail);
        byte[] body = drain(new ListBody(head, slice, tail, length), 3);

        assertEquals("[\"a b\\nc d\\n\"]", new String(body, StandardCharsets.US_ASCII));
        assertEquals(length, body.length);
    }

    @Test
    void body_sliceShorterThanItSays_breaksOff() {
        var cut = new ShortSlice(BytesSlice.of(0, "a\nb\n"), 100);
        var body = new ListBody(ascii("["), cut, ascii("]"), 104);

        var e = assertThrows(IOException.class, () -> drain(body, 50));
        assertEquals(
                "measurement list changed while it was sent: body is shorter by at least 96 bytes",
                e.getMessage());
    }

    @Test
    void body_moreEscapesThanPromised_breaksOff() {
        var body = new ListBody(ascii(""), BytesSlice.of(0, "\"\"\"\n"), ascii(""), 5);

        assertThrows(IOException.class, () -> drain(body, 50));
    }

    @Test
    void gzip_body_sameBytesTwiceAndReadableByTheJdk() throws IOException {
        var slice = BytesSlice.of(0, "10 abc ima-ng sha256:00 /usr/bin/true\n".repeat(9_000));
        byte[] none = {};
        long plain = ListBody.length(none, slice, none);
        long length = GzipBody.length(new ListBody(none, slice, none, plain));
        byte[] packed = drain(new GzipBody(new ListBody(none, slice, none, plain)), 1_000);
        byte[] unpacked;
        try (var in = new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(packed))) {
            unpacked = in.readAllBytes();
        }

        assertEquals(length, packed.length);
        assertArrayEquals(escape(slice, 1_000), unpacked);
    }

    private record ShortSlice(ListSlice inner, long bytes) implements ListSlice {
        @Override
        public long firstLine() {
            return 0;
        }

        @Override
        public long lines() {
            return 2;
        }

        @Override
        public int read(long offset, ByteBuffer target) throws IOException {
            return inner.read(offset, target);
        }

        @Override
        public boolean needsEscaping() {
            return false;
        }
    }

    private static byte[] randomBytes(Random random) {
        var raw = new byte[random.nextInt(120)];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = PIECES[random.nextInt(random.nextBoolean() ? 2 : PIECES.length)];
        }
        return raw;
    }

    private static byte[] escape(ListSlice slice, int targetBytes) throws IOException {
        var reader = new ListJson(slice);
        var out = new ByteArrayOutputStream();
        var target = ByteBuffer.allocateDirect(targetBytes);
        while (reader.read(target) >= 0) {
            flush(target, out);
        }
        return out.toByteArray();
    }

    private static byte[] drain(attestation.agent.https.Answer.Body body, int targetBytes)
            throws IOException {
        var out = new ByteArrayOutputStream();
        var target = ByteBuffer.allocateDirect(targetBytes);
        try (body) {
            while (body.read(target) >= 0) {
                flush(target, out);
            }
        }
        return out.toByteArray();
    }

    private static void flush(ByteBuffer target, ByteArrayOutputStream out) {
        target.flip();
        while (target.hasRemaining()) {
            out.write(target.get());
        }
        target.clear();
    }

    private static String parsed(byte[] inside) throws IOException {
        var json = new ByteArrayOutputStream();
        json.write('"');
        json.write(inside);
        json.write('"');
        try (var parser = new JsonFactory().createParser(json.toByteArray())) {
            parser.nextToken();
            return parser.getText();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hex(String text) {
        return HexFormat.ofDelimiter(" ").parseHex(text);
    }
}
