// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.EkRequest;
import attestation.tpm.EncryptionAlgorithm;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.PcrSelection;
import attestation.tpm.TpmAddress;
import attestation.tpm.TpmException;
import attestation.tpm.TpmSettings;
import attestation.tpm.transport.TpmTransport;

import com.code_intelligence.jazzer.junit.FuzzTest;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;

/** Whatever a TPM answers, the outcome is a result or a TpmException. */
class AnswerFuzzTest {
    private static final TpmSettings SETTINGS = TpmSettings.of(TpmAddress.defaultAddress());

    /** Answers every command with success and the fuzzer's bytes, with a header that fits. */
    private record Scripted(byte[] body) implements TpmTransport {
        @Override
        public byte[] transmit(byte[] command, Duration timeout) {
            int length = Math.min(body.length, MAX_RESPONSE - HEADER);
            return ByteBuffer.allocate(HEADER + length)
                    .put(command, 0, 2)
                    .putInt(HEADER + length)
                    .putInt(0)
                    .put(body, 0, length)
                    .array();
        }

        @Override
        public void release() {}

        @Override
        public boolean managed() {
            return false;
        }

        @Override
        public void close() {}
    }

    private interface Ask {
        Object run(TpmConnection connection) throws TpmException;
    }

    @FuzzTest(maxDuration = "60s")
    void everyAnswer(byte[] input) {
        ask(input, TpmConnection::readClock);
        ask(input, c -> c.random(16));
        ask(input, c -> c.readPcrs(PcrSelection.of(HashAlgorithm.SHA256, 0, 1)));
        ask(input, c -> c.endorsementKey(EkRequest.of(EncryptionAlgorithm.ECC256)));
        ask(input, TpmConnection::info);
    }

    private static void ask(byte[] input, Ask ask) {
        try (TpmConnection connection =
                TpmConnection.open(
                        new Scripted(input),
                        SETTINGS,
                        (_, _, _) -> {},
                        new SecureRandom(),
                        new AuthGuard(System::nanoTime))) {
            ask.run(connection);
        } catch (TpmException e) {
            if (e.getMessage().isEmpty()) {
                throw new AssertionError("no reason", e);
            }
        }
    }
}
