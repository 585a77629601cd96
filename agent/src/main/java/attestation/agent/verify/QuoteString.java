// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.List;

/**
 * The quote as Keylime's agent API sends it: {@code r}, then TPMS_ATTEST, TPMT_SIGNATURE and PCR
 * values in base64, joined by colons.
 */
record QuoteString(byte[] attest, byte[] signature, byte[] pcrBlob) {
    private static final int MAX_CHARACTERS = 64 * 1024;

    static QuoteString parse(String text) throws RefutedException {
        if (text.length() > MAX_CHARACTERS) {
            throw new RefutedException("quote: length", text.length(), "at most " + MAX_CHARACTERS);
        }
        if (!text.startsWith("r")) {
            throw new RefutedException("quote: does not begin with r");
        }
        List<String> parts = List.of(text.substring(1).split(":", -1));
        if (parts.size() != 3) {
            throw new RefutedException("quote: parts", parts.size(), "3");
        }
        return new QuoteString(
                Canonical.base64("quote, TPMS_ATTEST", parts.get(0)),
                Canonical.base64("quote, TPMT_SIGNATURE", parts.get(1)),
                Canonical.base64("quote, PCR values", parts.get(2)));
    }
}
