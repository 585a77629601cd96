// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.transport.TpmTransport;

import java.nio.ByteBuffer;
import java.time.Duration;

/** A TPM that takes every command; what the answer holds is the implementation's. */
@FunctionalInterface
interface CannedTransport extends TpmTransport {
    /** What comes behind the header of the answer to this command; cut to what fits. */
    byte[] body(int commandCode);

    /** With success and a header that fits. */
    @Override
    default byte[] transmit(byte[] command, Duration timeout) {
        byte[] body = body(ByteBuffer.wrap(command).getInt(6));
        int length = Math.min(body.length, MAX_RESPONSE - HEADER);
        return ByteBuffer.allocate(HEADER + length)
                .put(command, 0, 2)
                .putInt(HEADER + length)
                .putInt(0)
                .put(body, 0, length)
                .array();
    }

    @Override
    default void release() {}

    @Override
    default boolean managed() {
        return false;
    }

    @Override
    default void close() {}
}
