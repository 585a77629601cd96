// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;

class BootAggregateTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "debian12-6.1-tcb",
                "debian12-6.12-tcb",
                "debian12-6.12-sha1-bank-only",
                "debian12-6.12-custom-fmt-sha512",
                "debian12-6.12-ima-hash-sha384-no-bank",
                "debian12-6.1-template-ima",
                "debian12-6.1-custom-fmt-d-n-sig",
                "debian12-6.12-template-ima-sigv2"
            })
    void check_recordedBoot_agreesWithItsPcrs(String name) throws IOException {
        ImaFolder folder = new ImaFolder(name);

        assertEquals(BootAggregate.Result.AGREES, check(folder));
    }

    @Test
    void check_noTpm_saysSo() throws IOException {
        assertEquals(BootAggregate.Result.NO_TPM, check(new ImaFolder("debian12-6.12-no-tpm")));
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

    @Test
    void check_sha256OverPcrs0To7_agreesAsOnKernelsWithHalfTheChange() throws Exception {
        Map<Integer, byte[]> pcrs = new ImaFolder("debian12-6.1-tcb").pcrs("sha256");
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        for (int pcr = 0; pcr < 8; pcr++) {
            sha256.update(pcrs.get(pcr));
        }
        String line =
                "10 %s ima-ng sha256:%s boot_aggregate\n"
                        .formatted("0".repeat(40), HexFormat.of().formatHex(sha256.digest()));
        Entry entry = Lists.parse(line.getBytes(StandardCharsets.US_ASCII)).getFirst();

        assertEquals(
                BootAggregate.Result.AGREES,
                BootAggregate.check(entry, Map.of("sha256", pcrs), HashAlgorithms.standard()));
    }

    private static BootAggregate.Result check(ImaFolder folder) throws IOException {
        Entry first = Lists.parse(folder.binary()).getFirst();
        return BootAggregate.check(first, folder.banks(), HashAlgorithms.standard());
    }
}
