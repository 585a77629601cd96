// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Arbitrary bytes: no exception but ours, bounded memory, and both formats say the same. */
class ListFuzzTest {
    private final AsciiRenderer renderer = new AsciiRenderer(HashAlgorithms.standard());

    @FuzzTest(maxDuration = "90s")
    void asciiParser(byte[] data) throws IOException {
        ListFormat text = ListFormat.asciiSha1(ByteOrder.LITTLE_ENDIAN);
        check(data, ListParser.resumedAt(HashAlgorithms.standard(), text, 0, 0));
    }

    @FuzzTest(maxDuration = "90s")
    void binaryParser(byte[] data) throws IOException {
        ListFormat binary = new ListFormat(ListFormat.Encoding.BINARY, ByteOrder.LITTLE_ENDIAN, 20);
        check(data, ListParser.resumedAt(HashAlgorithms.standard(), binary, 0, 0));
    }

    @FuzzTest(maxDuration = "90s")
    void anyList(byte[] data) throws IOException {
        check(data, new ListParser(HashAlgorithms.standard()));
    }

    @FuzzTest(maxDuration = "90s")
    void trustingParser(byte[] data) throws IOException {
        ListFormat text = ListFormat.asciiSha1(ByteOrder.LITTLE_ENDIAN);
        parse(data, ListParser.trusting(HashAlgorithms.standard(), text, 0, 0));
    }

    private void check(byte[] data, ListParser parser) throws IOException {
        List<Entry> entries = parse(data, parser);
        for (Entry entry : entries) {
            useAll(entry);
            assertRenders(entry);
        }
    }

    private static void useAll(Entry entry) {
        assertTrue(entry.fields().size() <= Limits.MAX_FIELDS);
        assertTrue(entry.toString().chars().noneMatch(Character::isISOControl));
        entry.digest().ifPresent(digest -> assertTrue(!digest.toString().isEmpty()));
        Replay replay = new Replay("sha256", ReplayMode.HASH);
        replay.extend(entry);
        assertEquals(32, replay.value(entry.pcr()).length);
    }

    private void assertRenders(Entry entry) throws IOException {
        byte[] line;
        try {
            line = renderer.renderProven(entry);
        } catch (ImaLogException.Malformed e) {
            return;
        }
        List<Entry> back = new ArrayList<>();
        ListFormat text = ListFormat.asciiSha1(entry.order());
        ListParser parser = ListParser.resumedAt(HashAlgorithms.standard(), text, 0, 0);
        parser.feed(ByteBuffer.wrap(line), (e, raw) -> back.add(e));
        parser.finish((e, raw) -> back.add(e));
        assertEquals(1, back.size());
        assertArrayEquals(entry.templateData(), back.getFirst().templateData());
        assertEquals(entry.physicalLines(), back.getFirst().physicalLines());
    }

    /** Fed in pieces whose size the data decides; entries must tile what was consumed. */
    private static List<Entry> parse(byte[] data, ListParser parser) throws IOException {
        List<Entry> entries = new ArrayList<>();
        ByteArrayOutputStream consumed = new ByteArrayOutputStream();
        ListParser.Sink sink =
                (entry, raw) -> {
                    entries.add(entry);
                    byte[] bytes = new byte[raw.remaining()];
                    raw.get(bytes);
                    consumed.writeBytes(bytes);
                };
        int piece = data.length == 0 ? 1 : 1 + 37 * (data[0] & 0xff);
        try {
            for (int at = 0; at < data.length; at += piece) {
                parser.feed(ByteBuffer.wrap(data, at, Math.min(piece, data.length - at)), sink);
            }
            parser.finish(sink);
            assertEquals(data.length, consumed.size());
        } catch (ImaLogException e) {
            assertTrue(e.entry() >= 0 && e.offset() <= data.length);
        }
        assertArrayEquals(java.util.Arrays.copyOf(data, consumed.size()), consumed.toByteArray());
        return entries;
    }
}
