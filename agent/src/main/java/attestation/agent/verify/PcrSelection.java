// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.StringJoiner;

/**
 * PCRs of one bank.
 *
 * @param bank its hash
 * @param mask bit i selects PCR i, 0..23
 */
record PcrSelection(HashAlg bank, int mask) {
    static final int PCRS = 24;

    boolean has(int pcr) {
        return (mask & 1 << pcr) != 0;
    }

    int count() {
        return Integer.bitCount(mask);
    }

    @Override
    public String toString() {
        StringJoiner joined = new StringJoiner(",", bank.text() + ":", "");
        for (int pcr = 0; pcr < PCRS; pcr++) {
            if (has(pcr)) {
                joined.add(Integer.toString(pcr));
            }
        }
        return joined.toString();
    }
}
