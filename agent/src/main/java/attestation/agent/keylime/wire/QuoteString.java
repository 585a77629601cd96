// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

import attestation.agent.evidence.Evidence;

import java.util.Base64;

/** The {@code quote} member: signed attestation, signature and PCR values in one text. */
public final class QuoteString {
    private static final String QUOTE_VERSION = "r";

    private QuoteString() {}

    /** {@code r} + base64 of TPMS_ATTEST, TPMT_SIGNATURE and PCR blob, joined by colons. */
    public static String of(Evidence evidence) {
        var base64 = Base64.getEncoder();
        int algId = HashNames.of(evidence.bank()).algId();
        return QUOTE_VERSION
                + base64.encodeToString(evidence.attest())
                + ":"
                + base64.encodeToString(evidence.signature())
                + ":"
                + base64.encodeToString(PcrBlob.encode(algId, evidence.pcrValues()));
    }

    /** The {@code hash_alg} member: the quoted bank as Keylime spells it. */
    public static String hashAlg(Evidence evidence) {
        return HashNames.of(evidence.bank()).keylime();
    }
}
