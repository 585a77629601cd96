// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.tpm.AttestationKey;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.Lane;
import attestation.tpm.PcrSelection;
import attestation.tpm.PcrValues;
import attestation.tpm.Quote;
import attestation.tpm.Tpm;
import attestation.tpm.TpmException;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;

/** Takes a quote and the PCR values that it is over. */
record QuoteTaker(Tpm tpm, StoredAk stored) {
    private static final Duration TIMEOUT = Duration.ofSeconds(50);

    /** A busy host extends PCR 10 all the time; values and quote of one moment need luck. */
    private static final int ATTEMPTS = 20;

    private static final int HASH_OFFSET = 2;

    /**
     * What was taken.
     *
     * @param values those that the quote's digest is over
     * @param hash of the signing scheme
     */
    record Taken(AttestationKey ak, Quote quote, PcrValues values, HashAlgorithm hash) {}

    Taken take(byte[] data, PcrSelection selection)
            throws TpmException, InterruptedException, CliException {
        AttestationKey ak = tpm.loadAk(stored.ek(), stored.blob(), TpmAccess.SLOW);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            PcrValues values = tpm.readPcrs(selection, TIMEOUT);
            Quote quote = tpm.quote(data, selection, Lane.IDENTITY, TIMEOUT);
            HashAlgorithm hash = hash(quote);
            if (MessageDigest.isEqual(values.digest(hash), quote.info().pcrDigest())) {
                return new Taken(ak, quote, values, hash);
            }
        }
        throw new CliException(
                TpmAccess.FAILED,
                "PCRs: changed during each of "
                        + ATTEMPTS
                        + " quotes (expected: a quote over the values just read; try again when the"
                        + " host is less busy)");
    }

    /** TPMT_SIGNATURE begins with scheme and hash (Part 2 §11.3.4). */
    private static HashAlgorithm hash(Quote quote) throws TpmException.Unsupported {
        int id = Short.toUnsignedInt(ByteBuffer.wrap(quote.signature()).getShort(HASH_OFFSET));
        return HashAlgorithm.ofTpmId(id)
                .orElseThrow(
                        () ->
                                new TpmException.Unsupported(
                                        "signature hash: 0x" + Integer.toHexString(id)));
    }
}
