// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import java.util.Optional;
import java.util.SortedMap;

/**
 * A quote and what it speaks of, checked against each other before anyone sees them.
 *
 * @param attest TPMS_ATTEST exactly as signed
 * @param signature TPMT_SIGNATURE over it
 * @param bank hash name of the quoted bank as the kernel spells it, for example {@code sha256}
 * @param pcrValues values of the selected PCRs, ascending; they hash to the quoted digest
 * @param list the asked part of the measurement list; empty when not asked for or not to be had
 * @param bootLog the firmware log as the kernel gives it; empty when not asked for or not there
 */
public record Evidence(
        byte[] attest,
        byte[] signature,
        String bank,
        SortedMap<Integer, byte[]> pcrValues,
        Optional<ListSlice> list,
        Optional<byte[]> bootLog) {}
