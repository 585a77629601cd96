// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Arbitrary bytes: no exception but ours, bounded memory, and both formats say the same.
 *
 * <p>Seeds are single entries of the recorded lists, at most 512 bytes each: a run must be cheap.
 */
class ListFuzzTest {
    private static final HashAlgorithms HASHES = HashAlgorithms.standard();
    private static final ListFormat TEXT = ListFormat.asciiSha1(ByteOrder.LITTLE_ENDIAN);
    private static final ListFormat BINARY =
            new ListFormat(ListFormat.Encoding.BINARY, ByteOrder.LITTLE_ENDIAN, 20);

    private final AsciiRenderer renderer = new AsciiRenderer(HASHES);

    @FuzzTest(maxDuration = "60s")
    void asciiParser(byte[] data) throws IOException {
        check(data, ListParser.resumedAt(HASHES, TEXT, 0, 0));
    }

    @FuzzTest(maxDuration = "60s")
    void binaryParser(byte[] data) throws IOException {
        check(data, ListParser.resumedAt(HASHES, BINARY, 0, 0));
    }

    @FuzzTest(maxDuration = "60s")
    void anyList(byte[] data) throws IOException {
        check(data, new ListParser(HASHES));
    }

    @FuzzTest(maxDuration = "60s")
    void trustingParser(byte[] data) throws IOException {
        parse(data, ListParser.trusting(HASHES, TEXT, 0, 0));
    }

    private void check(byte[] data, ListParser parser) throws IOException {
        for (Entry entry : parse(data, parser)) {
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
        assertEquals(32, replay.peek(entry.pcr()).length);
    }

    private void assertRenders(Entry entry) throws IOException {
        byte[] line;
        try {
            line = renderer.renderProven(entry);
        } catch (ImaLogException.Malformed e) {
            return;
        }
        List<Entry> back = new ArrayList<>();
        ListParser parser = ListParser.resumedAt(HASHES, ListFormat.asciiSha1(entry.order()), 0, 0);
        parser.feed(ByteBuffer.wrap(line), (e, raw) -> back.add(e));
        parser.finish((e, raw) -> back.add(e));
        assertEquals(1, back.size());
        assertArrayEquals(entry.templateData(), back.getFirst().templateData());
        assertEquals(entry.physicalLines(), back.getFirst().physicalLines());
    }

    /** Fed in pieces whose size the data decides; entries must tile what was consumed. */
    private static List<Entry> parse(byte[] data, ListParser parser) throws IOException {
        Tiles tiles = new Tiles(ByteBuffer.wrap(data), new ArrayList<>());
        int piece = data.length == 0 ? 1 : 1 + 7 * (data[0] & 0xff);
        try {
            for (int at = 0; at < data.length; at += piece) {
                parser.feed(ByteBuffer.wrap(data, at, Math.min(piece, data.length - at)), tiles);
            }
            parser.finish(tiles);
            assertEquals(0, tiles.rest().remaining());
        } catch (ImaLogException e) {
            assertTrue(e.entry() >= 0 && e.offset() <= data.length);
        }
        return tiles.entries();
    }

    /** The entries, and what of the list none of them has covered yet. */
    private record Tiles(ByteBuffer rest, List<Entry> entries) implements ListParser.Sink {
        @Override
        public void entry(Entry entry, ByteBuffer bytes) {
            entries.add(entry);
            assertEquals(entry.offset(), rest.position());
            assertEquals(entry.length(), bytes.remaining());
            assertEquals(rest.slice(rest.position(), bytes.remaining()), bytes);
            rest.position(rest.position() + bytes.remaining());
        }
    }
}
