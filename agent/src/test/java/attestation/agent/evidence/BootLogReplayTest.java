// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Tool;
import attestation.tpm.HashAlgorithm;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What status says of a firmware log, by the log and the PCRs of a real boot. */
class BootLogReplayTest {
    private static final String BOOT = "/attestation/fixtures/ima/debian12-6.12-tcb/";

    @TempDir Path folder;
    private final SortedMap<Integer, byte[]> pcrs = new TreeMap<>();
    private Path file = Path.of("unset");

    @BeforeEach
    void recorded() throws Exception {
        file = Files.write(folder.resolve("log"), read("binary_bios_measurements"));
        new String(read("pcrs.sha256"), StandardCharsets.US_ASCII)
                .lines()
                .forEach(
                        line -> {
                            String[] words = line.split(" ", 2);
                            pcrs.put(Integer.valueOf(words[0]), HexFormat.of().parseHex(words[1]));
                        });
    }

    private static byte[] read(String name) throws Exception {
        try (var in = Tool.class.getResourceAsStream(BOOT + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    private BootLogReplay replay(HashAlgorithm bank) {
        return new BootLogReplay(new BootLogFile(Optional.of(file)), bank);
    }

    @Test
    void compare_pcrsOfTheBoot_isSaidOnceAndNotWantedAgain() {
        BootLogReplay replay = replay(HashAlgorithm.SHA256);
        assertEquals(0x43ff, replay.wanted());
        assertEquals("", replay.note());
        replay.compare(pcrs);
        assertEquals("replays to the quoted PCRs 0,1,2,3,4,5,6,7,8,9,14", replay.note());
        assertEquals(0, replay.wanted());
    }

    @Test
    void compare_otherPcrs_namesThem() {
        BootLogReplay replay = replay(HashAlgorithm.SHA256);
        pcrs.put(4, new byte[32]);
        pcrs.put(7, new byte[32]);
        replay.compare(pcrs);
        assertTrue(
                replay.note().startsWith("does NOT replay to the quoted PCRs 4,7:"), replay.note());
    }

    @Test
    void compare_valuesWithoutItsPcrs_saysNothing() {
        BootLogReplay replay = replay(HashAlgorithm.SHA256);
        pcrs.keySet().retainAll(java.util.Set.of(10, 16));
        replay.compare(pcrs);
        assertEquals("", replay.note());
    }

    @Test
    void compare_damagedLog_saysWhere() throws Exception {
        Files.write(file, new byte[40]);
        BootLogReplay replay = replay(HashAlgorithm.SHA256);
        replay.compare(pcrs);
        assertTrue(replay.note().startsWith("cannot be replayed: firmware event log: event 1"));
    }

    @Test
    void compare_bankTheLogLacks_saysSo() {
        BootLogReplay replay = replay(HashAlgorithm.SHA512);
        replay.compare(pcrs);
        assertEquals("has no digests of bank sha512", replay.note());
    }

    @Test
    void wanted_noLog_isNothing() {
        BootLogReplay replay =
                new BootLogReplay(new BootLogFile(Optional.empty()), HashAlgorithm.SHA256);
        assertEquals(0, replay.wanted());
    }
}
