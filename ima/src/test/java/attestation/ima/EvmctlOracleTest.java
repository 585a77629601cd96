// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * ima-evm-utils replays to the PCR values we compute.
 *
 * <p>It does so only when told to {@code --ignore-violations}: without, it extends a violation's
 * zeros, and refuses every list that has one.
 */
class EvmctlOracleTest {
    @TempDir Path dir;

    static Stream<ImaFolder> folders() {
        return ImaFolder.all();
    }

    @ParameterizedTest
    @MethodSource("folders")
    void replay_sha256_isWhatEvmctlComputes(ImaFolder folder) throws Exception {
        assertEquals(0, evmctl(folder, "sha256", true, 0));
    }

    @ParameterizedTest
    @MethodSource("folders")
    void replay_sha1_isWhatEvmctlComputes(ImaFolder folder) throws Exception {
        assertEquals(0, evmctl(folder, "sha1", true, 0));
    }

    @Test
    void replay_otherValue_isRefusedByEvmctlToo() throws Exception {
        assertEquals(1, evmctl(new ImaFolder("debian12-6.12-tcb"), "sha256", true, 1));
    }

    @Test
    void replay_listWithViolations_isRefusedByEvmctlUnlessItIgnoresThem() throws Exception {
        assertEquals(1, evmctl(new ImaFolder("debian12-6.12-tcb"), "sha256", false, 0));
        assertEquals(0, evmctl(new ImaFolder("debian12-6.12-fsverity-sigv2"), "sha256", false, 0));
    }

    private int evmctl(ImaFolder folder, String bank, boolean ignoreViolations, int flip)
            throws Exception {
        assumeTrue(isInstalled(), "evmctl (ima-evm-utils) is not installed");
        byte[] binary = folder.binary();
        Path list = Files.write(dir.resolve("binary"), binary);
        FastReplay.Bank ours =
                new FastReplay(HashAlgorithms.standard())
                        .replay(list, List.of(bank), Map.of())
                        .banks()
                        .values()
                        .iterator()
                        .next();
        NavigableMap<Integer, byte[]> values = new TreeMap<>();
        Replay start = new Replay(bank, ReplayMode.HASH);
        for (int pcr = 0; pcr <= Limits.MAX_PCR; pcr++) {
            values.put(pcr, start.value(pcr));
        }
        ours.values().forEach(values::put);
        values.forEach((pcr, value) -> value[0] ^= (byte) (pcr == 10 ? flip : 0));
        Path pcrs = Files.write(dir.resolve("pcrs"), text(values));
        return run(ignoreViolations, bank + "," + pcrs, list.toString());
    }

    private int run(boolean ignoreViolations, String pcrs, String list)
            throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of("evmctl", "ima_measurement"));
        if (ignoreViolations) {
            command.add("--ignore-violations");
        }
        command.addAll(List.of("--pcrs", pcrs, list));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(dir.resolve("out").toFile())
                        .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("evmctl still runs after 60 s");
        }
        return process.exitValue();
    }

    /** As the kernel printed PCRs of TPM 1.2: the only form evmctl reads from a file. */
    private static byte[] text(NavigableMap<Integer, byte[]> values) {
        StringBuilder text = new StringBuilder();
        HexFormat spaced = HexFormat.ofDelimiter(" ").withUpperCase();
        values.forEach(
                (pcr, value) ->
                        text.append(
                                String.format(
                                        Locale.ROOT,
                                        "PCR-%02d: %s \n",
                                        pcr,
                                        spaced.formatHex(value))));
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean isInstalled() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator))
                .anyMatch(d -> Files.isExecutable(Path.of(d, "evmctl")));
    }
}
