// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.transport;

import java.nio.ByteBuffer;

/** Which commands may run twice without anybody being able to tell (TPM_CC, Part 2 §6.5.2). */
final class Repeatable {
    private static final int CC_OFFSET = 6;

    private Repeatable() {}

    /** Whether the command only asks; none of these is sent in a session of rolling nonces. */
    static boolean is(byte[] command) {
        int code = ByteBuffer.wrap(command).getInt(CC_OFFSET);
        return switch (code) {
            case 0x17a /* GetCapability */,
                    0x17b /* GetRandom */,
                    0x17e /* PCR_Read */,
                    0x173 /* ReadPublic */,
                    0x169 /* NV_ReadPublic */,
                    0x14e /* NV_Read */,
                    0x158 /* Quote */,
                    0x181 /* ReadClock */ ->
                    true;
            default -> false;
        };
    }
}
