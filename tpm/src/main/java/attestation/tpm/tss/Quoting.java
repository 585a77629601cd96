// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.PcrSelection;
import attestation.tpm.Quote;
import attestation.tpm.QuoteInfo;
import attestation.tpm.TpmException;
import attestation.tpm.wire.PublicArea;
import attestation.tpm.wire.Signatures;
import attestation.tpm.wire.TpmReader;

import tss.tpm.TPM2_Quote_REQUEST;
import tss.tpm.TPMS_NULL_SIG_SCHEME;
import tss.tpm.TPM_CC;
import tss.tpm.TPM_HANDLE;

import java.util.Arrays;

/** TPM2_Quote, and the checks that its answer is the answer to it (Part 3 §18.4). */
final class Quoting {
    private static final int MAX_ATTEST = 1024;

    private final Engine engine;

    Quoting(Engine engine) {
        this.engine = engine;
    }

    /** Another key than ours has signed, so the answer says. */
    static final class ForeignKey extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** Exactly one command. */
    Quote quote(Objects.Loaded ak, byte[] qualifyingData, PcrSelection selection)
            throws TpmException, ForeignKey {
        Command command =
                Command.of(
                                "TPM2_Quote",
                                TPM_CC.Quote,
                                new TPM2_Quote_REQUEST(
                                        new TPM_HANDLE(0),
                                        qualifyingData,
                                        new TPMS_NULL_SIG_SCHEME(),
                                        Pcrs.selections(selection)))
                        .on(ak.ref())
                        .with(Authorization.EMPTY);
        Response response = engine.run(command);
        TpmReader in = response.reader();
        byte[] attest = in.sized(MAX_ATTEST);
        QuoteInfo info = QuoteInfo.parse(attest);
        if (!Arrays.equals(info.qualifiedSigner(), ak.qualifiedName())) {
            throw new ForeignKey();
        }
        PublicArea area = ak.area();
        byte[] signature =
                Signatures.take(in, response.parameters(), area.scheme(), area.schemeHash());
        in.end();
        require(in, Arrays.equals(info.extraData(), qualifyingData), "qualifying data");
        requireActive(info.selection(), selection);
        require(in, sameSelection(info.selection(), selection), "PCR selection");
        return new Quote(attest, signature, info);
    }

    /** A TPM quotes a bank that is not allocated as one without any PCR, and says success. */
    private static void requireActive(PcrSelection quoted, PcrSelection asked)
            throws TpmException.Unsupported {
        for (HashAlgorithm bank : asked.banks().sequencedKeySet()) {
            if (asked.mask(bank) != 0 && quoted.mask(bank) == 0) {
                throw Pcrs.notAllocated(bank);
            }
        }
    }

    private static boolean sameSelection(PcrSelection quoted, PcrSelection asked) {
        return quoted.banks().sequencedEntrySet().stream()
                .toList()
                .equals(asked.banks().sequencedEntrySet().stream().toList());
    }

    private static void require(TpmReader in, boolean same, String what) throws TpmException {
        if (!same) {
            throw in.bad("another " + what + " than asked for: the answer to another command");
        }
    }
}
