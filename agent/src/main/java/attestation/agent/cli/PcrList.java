// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PCRs as people write them: {@code 0-7,10}. */
final class PcrList {
    private static final Pattern PART = Pattern.compile("([0-9]{1,2})(?:-([0-9]{1,2}))?");
    private static final int LAST = 23;

    private PcrList() {}

    /** Bit i for PCR i. */
    static int mask(String list) throws CliException {
        int mask = 0;
        for (String part : list.split(",", -1)) {
            Matcher matcher = PART.matcher(part);
            if (!matcher.matches()) {
                throw wrong(list);
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (last > LAST || first > last) {
                throw wrong(list);
            }
            for (int pcr = first; pcr <= last; pcr++) {
                mask |= 1 << pcr;
            }
        }
        return mask;
    }

    private static CliException wrong(String list) {
        return new CliException(
                ExitCodes.USAGE,
                "pcrs: " + Terminal.escape(list) + " (expected: of 0..23, for example 0-7,10)");
    }
}
