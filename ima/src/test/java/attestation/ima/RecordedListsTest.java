// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;

/** Every recorded list against what the kernel and the TPM said of it. */
class RecordedListsTest {
    static Stream<Arguments> lists() {
        return ImaFolder.all().flatMap(f -> f.lists().stream().map(list -> Arguments.of(f, list)));
    }

    static Stream<ImaFolder> replayable() {
        return ImaFolder.replayable();
    }

    static Stream<ImaFolder> all() {
        return ImaFolder.all();
    }

    @ParameterizedTest
    @MethodSource("lists")
    void parse_recordedList_hasTheKernelsCounts(ImaFolder folder, String list) throws IOException {
        List<Entry> entries = Lists.parse(folder.bytes(list));

        assertEquals(folder.count(), entries.size());
        assertEquals(folder.violations(), entries.stream().filter(Entry::violation).count());
    }

    @ParameterizedTest
    @MethodSource("lists")
    void replay_recordedList_reachesThePcrsOfEveryBank(ImaFolder folder, String list)
            throws IOException {
        List<Entry> entries = Lists.parse(folder.bytes(list));
        boolean carriesOn = folder.name().endsWith("no-carry-over");

        for (String bank : folder.banks().keySet()) {
            SortedMap<Integer, byte[]> recorded = folder.pcrs(bank);
            Replay replay = Lists.replay(entries, bank, folder.mode(bank));
            for (int pcr = 10; pcr <= (recorded.containsKey(12) ? 12 : 10); pcr++) {
                boolean equal = java.util.Arrays.equals(recorded.get(pcr), replay.value(pcr));
                assertEquals(!carriesOn || pcr != 10, equal, bank + ":" + pcr);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void parse_asciiAndBinary_giveTheSameEntries(ImaFolder folder) throws IOException {
        List<Entry> text = Lists.parse(folder.ascii());
        List<Entry> binary = Lists.parse(folder.binary());

        assertEquals(text.size(), binary.size());
        for (int i = 0; i < text.size(); i++) {
            assertArrayEquals(
                    binary.get(i).templateData(), text.get(i).templateData(), "entry " + i);
            assertArrayEquals(binary.get(i).templateHash(), text.get(i).templateHash());
            assertEquals(binary.get(i).templateName(), text.get(i).templateName());
            assertEquals(binary.get(i).pcr(), text.get(i).pcr());
            assertEquals(binary.get(i).physicalLines(), text.get(i).physicalLines());
        }
    }

    @ParameterizedTest
    @MethodSource("lists")
    void render_anyList_isTheKernelsAsciiList(ImaFolder folder, String list) throws IOException {
        AsciiRenderer renderer = new AsciiRenderer(HashAlgorithms.standard());
        ByteArrayOutputStream rendered = new ByteArrayOutputStream();
        Lists.parse(folder.bytes(list))
                .forEach(entry -> rendered.writeBytes(renderer.render(entry)));

        assertArrayEquals(folder.ascii(), rendered.toByteArray());
    }

    @ParameterizedTest
    @MethodSource("lists")
    void feed_inPiecesOfAnySize_givesTheSameEntries(ImaFolder folder, String list)
            throws IOException {
        byte[] bytes = folder.bytes(list);
        int whole = Lists.parse(bytes).size();
        for (int piece : new int[] {1, 2, 3, 7, 64, 163, 511, 1024, 4095, 4096}) {
            List<Entry> entries = Lists.parse(bytes, piece);
            assertEquals(whole, entries.size(), "pieces of " + piece);
            Entry last = entries.getLast();
            assertEquals(bytes.length, last.offset() + last.length());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void feed_trustingParser_cutsAsTheProvingOne(ImaFolder folder) throws IOException {
        byte[] bytes = folder.ascii();
        List<Entry> proven = Lists.parse(bytes);
        List<Entry> trusted = new java.util.ArrayList<>();
        ListFormat format = ListFormat.asciiSha1(java.nio.ByteOrder.LITTLE_ENDIAN);
        ListParser parser = ListParser.trusting(HashAlgorithms.standard(), format, 0, 0);
        parser.feed(ByteBuffer.wrap(bytes), (entry, raw) -> trusted.add(entry));
        parser.boundary((entry, raw) -> trusted.add(entry));

        assertEquals(proven.size(), trusted.size());
        for (int i = 0; i < proven.size(); i++) {
            assertArrayEquals(proven.get(i).templateData(), trusted.get(i).templateData());
        }
    }

    @Test
    void parse_forgedLineInAName_isOneEntry() throws IOException {
        List<Entry> entries = Lists.parse(new ImaFolder("debian12-6.12-odd-names").ascii());
        Entry forged =
                entries.stream()
                        .filter(e -> Display.escape(e.name()).contains("forged"))
                        .findFirst()
                        .orElseThrow();

        assertEquals(2, forged.physicalLines());
        assertEquals(10, forged.pcr());
        assertFalse(forged.violation());
        assertEquals(110, entries.stream().mapToInt(Entry::physicalLines).sum());
    }
}
