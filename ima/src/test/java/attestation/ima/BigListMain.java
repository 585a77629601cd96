// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Writes a list of any size ({@code make FILE ENTRIES ascii|binary}), or replays one as fast as it
 * goes ({@code replay FILE BANK}) for a comparison with {@code evmctl ima_measurement}.
 */
final class BigListMain {
    private BigListMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Path file = Path.of(args[1]);
        if (args[0].equals("make")) {
            make(file, Long.parseLong(args[2]), args[3].equals("binary"));
            return;
        }
        FastReplay.Result result =
                new FastReplay(HashAlgorithms.standard()).replay(file, List.of(args[2]), Map.of());
        System.out.println(result.entries() + " entries, " + result.violations() + " violations");
        result.banks()
                .values()
                .forEach(
                        b ->
                                b.values()
                                        .forEach(
                                                (pcr, v) ->
                                                        System.out.println(
                                                                pcr
                                                                        + " "
                                                                        + HexFormat.of()
                                                                                .formatHex(v))));
    }

    private static void make(Path file, long entries, boolean binary) throws IOException {
        SyntheticList list = new SyntheticList("big", true);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            for (long i = 0; i < entries; i++) {
                out.write(binary ? list.binary(i) : list.ascii(i));
            }
        }
    }
}
