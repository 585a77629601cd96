// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was asked of the agent.
 *
 * @param nonce letters and digits
 * @param mask bit i asks for PCR i
 * @param wantPubkey whether the payload key was asked for
 * @param from first line of the list
 */
record QuoteRequest(String nonce, int mask, boolean wantPubkey, long from) {
    private static final int PCR_16 = 1 << 16;
    private static final Pattern QUERY =
            Pattern.compile(
                    "nonce=([A-Za-z0-9]+)&mask=([0-9a-fx]+)&partial=([01])&ima_ml_entry=([0-9]+)");

    static QuoteRequest parse(String query) throws RefutedException {
        Matcher matcher = QUERY.matcher(query);
        if (!matcher.matches() || !Nonce.wellFormed(matcher.group(1))) {
            throw new RefutedException(
                    "request",
                    Printable.text(query),
                    "nonce=…&mask=0x…&partial=0 or 1&ima_ml_entry=…");
        }
        return new QuoteRequest(
                matcher.group(1),
                Numbers.mask(matcher.group(2)),
                matcher.group(3).equals("0"),
                Numbers.decimal("request, ima_ml_entry", matcher.group(4)));
    }

    /** As it stands in the URL. */
    String query() {
        return "nonce="
                + nonce
                + "&mask="
                + Numbers.mask(mask)
                + "&partial="
                + (wantPubkey ? 0 : 1)
                + "&ima_ml_entry="
                + from;
    }

    /** The PCRs a quote must cover: those asked for, and PCR 16. */
    int quotedMask() {
        return mask | PCR_16;
    }

    boolean wantsList() {
        return (mask & 1 << ImaList.PCR) != 0;
    }
}
