// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.wire;

import attestation.tpm.TpmException.BadResponse;

import java.util.ArrayList;
import java.util.List;

/** TPML_PCR_SELECTION as it stands, also with hashes this Java does not know. */
public final class Selections {
    private static final int MAX_BANKS = 16;
    private static final int MIN_BANK_BYTES = 3;
    private static final int MAX_SELECT = 4;

    private Selections() {}

    /**
     * One bank.
     *
     * @param hash TPM_ALG_ID
     * @param mask bit i selects PCR i
     */
    public record Raw(int hash, int mask) {}

    /** Reads the list; a selection beyond PCR 31 is refused. */
    public static List<Raw> read(TpmReader in) throws BadResponse {
        int count = in.count(MAX_BANKS, MIN_BANK_BYTES);
        List<Raw> banks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int hash = in.u16();
            int size = in.u8();
            if (size > MAX_SELECT) {
                throw in.bad(
                        "PCR bitmap of " + size + " bytes (expected: at most " + MAX_SELECT + ")");
            }
            int mask = 0;
            for (int b = 0; b < size; b++) {
                mask |= in.u8() << (8 * b);
            }
            banks.add(new Raw(hash, mask));
        }
        return banks;
    }
}
