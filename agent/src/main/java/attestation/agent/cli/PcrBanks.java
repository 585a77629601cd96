// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.PcrSelection;

/** PCRs of banks as tpm2-tools spell them: {@code sha1:10+sha256:0-7,10}. */
final class PcrBanks {
    private PcrBanks() {}

    /** In the order given, which is the order of the quoted digest. */
    static PcrSelection of(String text) throws CliException {
        PcrSelection selection = PcrSelection.NONE;
        for (String part : text.split("\\+", -1)) {
            HashAlgorithm bank = bank(part, text);
            if (selection.mask(bank) != 0) {
                throw wrong(text);
            }
            selection = selection.and(bank, PcrList.mask(part.substring(part.indexOf(':') + 1)));
        }
        return selection;
    }

    private static HashAlgorithm bank(String part, String text) throws CliException {
        int colon = part.indexOf(':');
        return HashAlgorithm.ofKeylimeName(colon < 0 ? "" : part.substring(0, colon))
                .orElseThrow(() -> wrong(text));
    }

    private static CliException wrong(String text) {
        return new CliException(
                ExitCodes.USAGE,
                "--pcrs: "
                        + Terminal.escape(text)
                        + " (expected: each bank once with its PCRs, for example sha256:0-7,10 or"
                        + " sha1:10+sha256:10)");
    }
}
