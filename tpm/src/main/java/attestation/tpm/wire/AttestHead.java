// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.wire;

import attestation.tpm.ClockInfo;
import attestation.tpm.TpmException.BadResponse;

/**
 * What every TPMS_ATTEST begins with (Part 2 §10.12.12).
 *
 * @param qualifiedSigner qualified name of the signing key
 * @param extraData qualifying data
 */
public record AttestHead(
        byte[] qualifiedSigner, byte[] extraData, ClockInfo clock, long firmwareVersion) {
    private static final int TPM_GENERATED = 0xff544347;
    private static final int MAX_NAME = 66;

    /** Reads up to the part that depends on the type; magic and type must be as expected. */
    public static AttestHead read(TpmReader in, int type) throws BadResponse {
        int magic = in.i32();
        if (magic != TPM_GENERATED) {
            throw in.bad("magic 0x" + Integer.toHexString(magic) + " (expected: 0xff544347)");
        }
        int found = in.u16();
        if (found != type) {
            throw in.bad(
                    "type 0x"
                            + Integer.toHexString(found)
                            + " (expected: 0x"
                            + Integer.toHexString(type)
                            + ")");
        }
        byte[] signer = in.sized(MAX_NAME);
        byte[] extra = in.sized(MAX_NAME);
        return new AttestHead(signer, extra, clock(in), in.i64());
    }

    /** TPMS_CLOCK_INFO. */
    public static ClockInfo clock(TpmReader in) throws BadResponse {
        long clock = in.i64();
        int resets = in.i32();
        int restarts = in.i32();
        int safe = in.u8();
        if (safe > 1) {
            throw in.bad("TPMI_YES_NO " + safe);
        }
        return new ClockInfo(clock, resets, restarts, safe == 1);
    }
}
