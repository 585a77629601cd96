// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import attestation.tpm.TpmException.BadResponse;
import attestation.tpm.wire.AttestHead;
import attestation.tpm.wire.Selections;
import attestation.tpm.wire.TpmReader;

import java.util.List;

/**
 * What a quote says: TPMS_ATTEST with TPMS_QUOTE_INFO (Part 2 §10.12.12, §10.12.4), decoded from
 * the very bytes that were signed. Decoded, not verified.
 *
 * @param qualifiedSigner qualified name of the key that signed
 * @param extraData the qualifying data as the TPM got it
 * @param firmwareVersion vendor-specific
 * @param selection banks and PCRs the digest is over
 * @param pcrDigest hash over the PCR values, by the hash of the signing scheme
 */
public record QuoteInfo(
        byte[] qualifiedSigner,
        byte[] extraData,
        ClockInfo clock,
        long firmwareVersion,
        PcrSelection selection,
        byte[] pcrDigest) {
    private static final int ST_ATTEST_QUOTE = 0x8018;
    private static final int MAX_DIGEST = 64;

    /**
     * Decodes exactly these bytes.
     *
     * @throws BadResponse when magic, type, a length or the end is not as it must be
     */
    public static QuoteInfo parse(byte[] attest) throws BadResponse {
        TpmReader in = new TpmReader("TPMS_ATTEST", attest);
        AttestHead head = AttestHead.read(in, ST_ATTEST_QUOTE);
        PcrSelection selection = selection(in);
        byte[] digest = in.sized(MAX_DIGEST);
        in.end();
        return new QuoteInfo(
                head.qualifiedSigner(),
                head.extraData(),
                head.clock(),
                head.firmwareVersion(),
                selection,
                digest);
    }

    private static PcrSelection selection(TpmReader in) throws BadResponse {
        List<Selections.Raw> banks = Selections.read(in);
        PcrSelection selection = PcrSelection.NONE;
        for (Selections.Raw bank : banks) {
            HashAlgorithm hash =
                    HashAlgorithm.ofTpmId(bank.hash())
                            .orElseThrow(
                                    () -> in.bad("bank 0x" + Integer.toHexString(bank.hash())));
            if (selection.banks().containsKey(hash)
                    || bank.mask() >>> PcrSelection.PCR_COUNT != 0) {
                throw in.bad("PCR selection names a bank twice or a PCR beyond 23");
            }
            selection = selection.and(hash, bank.mask());
        }
        return selection;
    }
}
