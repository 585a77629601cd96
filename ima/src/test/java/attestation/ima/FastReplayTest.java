// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;

class FastReplayTest {
    @TempDir Path dir;

    static Stream<Arguments> lists() {
        return RecordedListsTest.lists();
    }

    @ParameterizedTest
    @MethodSource("lists")
    void replay_recordedList_agreesWithTheTpmInEveryBank(ImaFolder folder, String list)
            throws Exception {
        boolean carriesOn = folder.name().endsWith("no-carry-over");
        Map<String, Map<Integer, byte[]>> expected = new TreeMap<>();
        folder.banks()
                .forEach(
                        (bank, pcrs) ->
                                expected.put(bank, Map.of(10, pcrs.getOrDefault(10, new byte[0]))));

        FastReplay.Result result =
                replay(folder.bytes(list), folder.banks().keySet().stream().toList(), expected);

        assertEquals(folder.count(), result.entries());
        assertEquals(folder.violations(), result.violations());
        assertEquals(!carriesOn, result.agrees());
        result.banks()
                .values()
                .forEach(b -> assertEquals(carriesOn ? b.mode() : folder.mode(b.bank()), b.mode()));
    }

    @Test
    void replay_valueOfAPrefix_isFoundWithItsLength() throws Exception {
        SyntheticList list = new SyntheticList("fast", false);
        byte[] expected = list.pcr10(7000);

        FastReplay.Result result =
                replay(
                        list.binary(0, 9000),
                        List.of("sha256"),
                        Map.of("sha256", Map.of(10, expected)));
        FastReplay.Bank bank = result.banks().values().iterator().next();

        assertFalse(result.agrees());
        assertEquals(
                new FastReplay.Agreement(false, OptionalLong.of(7000)), bank.agreements().get(10));
        assertArrayEquals(list.pcr10(9000), bank.values().get(10));
        assertEquals(ReplayMode.HASH, bank.mode());
    }

    @Test
    void replay_oneBitChanged_namesTheEntryAsTheParserDoes() throws Exception {
        SyntheticList list = new SyntheticList("fast", true);
        byte[] bytes = list.binary(0, 6000);
        int place = list.binary(0, 5000).length + 60;
        bytes[place] ^= 1;

        ImaLogException e =
                assertThrows(
                        ImaLogException.class, () -> replay(bytes, List.of("sha256"), Map.of()));

        assertEquals(5000, e.entry());
    }

    @Test
    void replay_cutList_isTruncated() throws Exception {
        byte[] bytes = new SyntheticList("fast", true).binary(0, 10);
        byte[] cut = java.util.Arrays.copyOf(bytes, bytes.length - 1);

        assertThrows(ImaLogException.Truncated.class, () -> replay(cut, List.of("sha1"), Map.of()));
        assertThrows(ImaLogException.class, () -> replay(new byte[0], List.of("sha1"), Map.of()));
    }

    @Test
    void replay_valueThatNeverWas_agreesNowhere() throws Exception {
        byte[] bytes = new SyntheticList("fast", true).ascii(0, 10);

        FastReplay.Result result =
                replay(bytes, List.of("sha256"), Map.of("sha256", Map.of(10, new byte[31])));

        FastReplay.Bank bank = result.banks().values().iterator().next();
        assertEquals(
                Map.of(10, new FastReplay.Agreement(false, OptionalLong.empty())),
                bank.agreements());
    }

    private FastReplay.Result replay(
            byte[] list, List<String> banks, Map<String, Map<Integer, byte[]>> expected)
            throws IOException, InterruptedException {
        Path file = Files.write(dir.resolve("list"), list);
        return new FastReplay(HashAlgorithms.standard()).replay(file, banks, expected);
    }
}
