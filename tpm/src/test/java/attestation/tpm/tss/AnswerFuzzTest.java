// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.EkRequest;
import attestation.tpm.EncryptionAlgorithm;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.PcrSelection;
import attestation.tpm.TpmAddress;
import attestation.tpm.TpmException;
import attestation.tpm.TpmSettings;

import com.code_intelligence.jazzer.junit.FuzzTest;

import java.security.SecureRandom;

/** Whatever a TPM answers, the outcome is a result or a TpmException. */
class AnswerFuzzTest {
    private static final TpmSettings SETTINGS = TpmSettings.of(TpmAddress.defaultAddress());

    private static CannedTransport everywhere(byte[] body) {
        return _ -> body;
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
                        everywhere(input),
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
