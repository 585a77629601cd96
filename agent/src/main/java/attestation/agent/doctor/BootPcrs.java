// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.FileHashes;
import attestation.ima.BootAggregate;
import attestation.ima.Entry;
import attestation.ima.FileDigest;
import attestation.ima.HashAlgorithms;

import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The list's first entry against PCRs 0 to 9, of which the kernel made it. */
final class BootPcrs {
    private static final int LAST = 9;

    private BootPcrs() {}

    /**
     * Whether {@code first}, a boot_aggregate that is not zero, is the hash of the PCRs as they are
     * now; a warning at most, for they may have been extended since.
     */
    static Finding compare(Host host, Entry first) {
        FileDigest digest = first.digest().orElseThrow();
        String bank = HashAlgorithms.canonical(digest.algorithm());
        BootAggregate.Result result =
                BootAggregate.check(first, Map.of(bank, values(host, bank)), FileHashes.all());
        String what = "boot_aggregate is " + digest;
        return switch (result) {
            case AGREES -> Finding.ok(what + ", the hash of the boot PCRs");
            case DIFFERS ->
                    Finding.warning(
                            what + ", not the hash of PCRs 0 to 9 of bank " + bank + " as they are",
                            "something extended them after boot (tpm2_pcrread "
                                    + bank
                                    + ":0-9,"
                                    + " agent tpm eventlog), or the list is of another boot or host");
            case NO_TPM, NOT_ONE, CANNOT_TELL -> Finding.ok(what);
        };
    }

    private static Map<Integer, byte[]> values(Host host, String bank) {
        Map<Integer, byte[]> values = new TreeMap<>();
        for (int pcr = 0; pcr <= LAST; pcr++) {
            int number = pcr;
            value(host, bank, pcr).ifPresent(value -> values.put(number, value));
        }
        return values;
    }

    private static Optional<byte[]> value(Host host, String bank, int pcr) {
        return host.read(host.tpm().pcr(bank, pcr)).content().flatMap(BootPcrs::parse);
    }

    /** As the kernel shows a PCR; empty when it is none of any bank. */
    static Optional<byte[]> parse(String text) {
        return Optional.of(text.strip())
                .filter(hex -> hex.matches("(?:[0-9a-fA-F]{2}){20,64}"))
                .map(HexFormat.of()::parseHex);
    }
}
