// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A decoded TPMS_ATTEST of a quote (TPM 2.0 Part 2 §10.12.12).
 *
 * @param qualifiedSigner Name of the signing key, qualified by its parents
 * @param extraData the nonce
 * @param clock milliseconds the TPM has been running, as it says
 * @param resetCount TPM resets since the clear
 * @param restartCount restarts and resumes since the last reset
 * @param safe whether no higher clock value was ever reported
 * @param firmwareVersion of the TPM, opaque
 * @param selections quoted banks
 * @param pcrDigest hash over the quoted values
 */
record Attest(
        byte[] qualifiedSigner,
        byte[] extraData,
        long clock,
        long resetCount,
        long restartCount,
        boolean safe,
        long firmwareVersion,
        List<PcrSelection> selections,
        byte[] pcrDigest) {
    private static final long TPM_GENERATED = 0xff544347L;
    private static final int TPM_ST_ATTEST_QUOTE = 0x8018;
    private static final int MAX_NAME = 2 + 64;
    private static final int MAX_DATA = 2 + 64;
    private static final int MAX_BANKS = 16;

    static Attest parse(byte[] bytes) throws RefutedException {
        WireReader in = new WireReader("TPMS_ATTEST", bytes);
        expect("magic", in.u32("magic"), TPM_GENERATED, "TPM_GENERATED_VALUE");
        expect("type", in.u16("type"), TPM_ST_ATTEST_QUOTE, "TPM_ST_ATTEST_QUOTE");
        Attest attest =
                new Attest(
                        in.sized("qualifiedSigner", MAX_NAME),
                        in.sized("extraData", MAX_DATA),
                        in.u64("clock"),
                        in.u32("resetCount"),
                        in.u32("restartCount"),
                        yesNo(in.u8("safe")),
                        in.u64("firmwareVersion"),
                        selections(in),
                        in.sized("pcrDigest", 64));
        in.end();
        return attest;
    }

    private static List<PcrSelection> selections(WireReader in) throws RefutedException {
        long count = in.u32("pcrSelect count");
        if (count > MAX_BANKS) {
            throw new RefutedException("TPMS_ATTEST, banks", count, "at most " + MAX_BANKS);
        }
        List<PcrSelection> selections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            selections.add(selection(in));
        }
        return List.copyOf(selections);
    }

    private static PcrSelection selection(WireReader in) throws RefutedException {
        HashAlg bank = HashAlg.ofTpmId(in.u16("pcrSelect hash"));
        int size = in.u8("sizeofSelect");
        if (size != 3) {
            throw new RefutedException("TPMS_ATTEST, sizeofSelect", size, "3");
        }
        byte[] select = in.bytes("pcrSelect", size);
        return new PcrSelection(
                bank, (select[0] & 0xff) | (select[1] & 0xff) << 8 | (select[2] & 0xff) << 16);
    }

    private static boolean yesNo(int value) throws RefutedException {
        if (value > 1) {
            throw new RefutedException("TPMS_ATTEST, safe", value, "0 or 1");
        }
        return value == 1;
    }

    private static void expect(String field, long value, long expected, String name)
            throws RefutedException {
        if (value != expected) {
            throw new RefutedException(
                    "TPMS_ATTEST, " + field,
                    String.format(Locale.ROOT, "0x%x", value),
                    String.format(Locale.ROOT, "0x%x %s", expected, name));
        }
    }
}
