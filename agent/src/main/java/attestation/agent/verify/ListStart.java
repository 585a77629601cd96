// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.Optional;

/**
 * Where the lines that came begin.
 *
 * @param line index of the first
 * @param value PCR 10 before it; zero where it is not known
 * @param known whether that value was proven
 */
record ListStart(long line, byte[] value, boolean known) {

    /**
     * By what the agent says and what was proven before.
     *
     * @throws RefutedException when the lines begin where nobody asked for
     */
    static ListStart of(long entry, long asked, Optional<ProvenState> boot, PcrBlob pcrs)
            throws RefutedException {
        HashAlg bank = pcrs.selection().bank();
        if (entry == 0) {
            return new ListStart(0, new byte[bank.size()], true);
        }
        if (entry != asked) {
            throw new RefutedException("first line of the list", entry, asked + " as asked, or 0");
        }
        if (boot.isPresent() && boot.get().nextLine() == entry && boot.get().bank() == bank) {
            return new ListStart(entry, boot.get().pcr10(), true);
        }
        return new ListStart(entry, new byte[bank.size()], false);
    }

    String unknownText() {
        return "begins at line "
                + line
                + ", and PCR 10 before it is not known; give the state or the evidence of the lines"
                + " before, or ask from 0";
    }
}
