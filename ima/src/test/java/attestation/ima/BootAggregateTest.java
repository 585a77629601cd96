// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

class BootAggregateTest {
    private static final HashAlgorithms HASHES = HashAlgorithms.standard();

    private static final String TABLE = "/attestation/fixtures/ima-foreign/boot-aggregates/";

    /** Written by {@code foreign-lists.py}, which computed the values. */
    static Stream<Arguments> table() throws IOException {
        return lines("table").map(line -> line.split(" ", 3)).map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("table")
    void check_whatKernelsMakeOfPcrs_agreesAndNothingElse(String result, String banks, String line)
            throws IOException {
        byte[] list = (line + "\n").getBytes(StandardCharsets.ISO_8859_1);
        Map<String, Map<Integer, byte[]>> present = new TreeMap<>();
        for (String bank : banks.split(",")) {
            present.put(HashAlgorithms.canonical(bank), pcrs(bank));
        }

        assertEquals(
                result, BootAggregate.check(Lists.parse(list).getFirst(), present, HASHES).name());
        present.values().forEach(pcrs -> pcrs.remove(5));
        assertEquals(
                result.equals("NO_TPM") ? result : "CANNOT_TELL",
                BootAggregate.check(Lists.parse(list).getFirst(), present, HASHES).name());
    }

    private static Map<Integer, byte[]> pcrs(String bank) throws IOException {
        Map<Integer, byte[]> values = new TreeMap<>();
        lines("pcrs")
                .map(line -> line.split(" "))
                .filter(words -> words[0].equals(bank))
                .forEach(w -> values.put(Integer.valueOf(w[1]), HexFormat.of().parseHex(w[2])));
        return values;
    }

    private static Stream<String> lines(String file) throws IOException {
        try (InputStream in = BootAggregateTest.class.getResourceAsStream(TABLE + file)) {
            byte[] bytes = Objects.requireNonNull(in, file).readAllBytes();
            return new String(bytes, StandardCharsets.ISO_8859_1).lines();
        }
    }

    /** Kexec keeps PCRs 0 to 9, so the new kernel's boot_aggregate agrees even there. */
    @ParameterizedTest
    @MethodSource("attestation.ima.ImaFolder#all")
    void check_everyRecordedBoot_agreesWithItsPcrs(ImaFolder folder) throws IOException {
        boolean noTpm = folder.name().endsWith("-no-tpm");
        assertEquals(
                noTpm ? BootAggregate.Result.NO_TPM : BootAggregate.Result.AGREES, check(folder));
    }

    @Test
    void check_otherEntryOrOtherPcrs_isTold() throws IOException {
        ImaFolder folder = new ImaFolder("debian12-6.1-tcb");
        Entry second = Lists.parse(folder.ascii()).get(1);
        HashAlgorithms standard = HashAlgorithms.standard();

        assertEquals(
                BootAggregate.Result.NOT_ONE,
                BootAggregate.check(second, folder.banks(), standard));
        Entry first = Lists.parse(folder.ascii()).getFirst();
        assertEquals(
                BootAggregate.Result.CANNOT_TELL, BootAggregate.check(first, Map.of(), standard));
        folder.banks();
        var other = new ImaFolder("debian12-6.1-custom-policy").banks();
        assertEquals(BootAggregate.Result.DIFFERS, BootAggregate.check(first, other, standard));
    }

    private static BootAggregate.Result check(ImaFolder folder) throws IOException {
        Entry first = Lists.parse(folder.binary()).getFirst();
        return BootAggregate.check(first, folder.banks(), HashAlgorithms.standard());
    }
}
