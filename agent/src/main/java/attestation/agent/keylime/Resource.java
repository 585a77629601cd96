// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import attestation.agent.https.Answer;
import attestation.agent.https.Exchange;
import attestation.agent.https.Right;
import attestation.agent.keylime.wire.ApiVersion;

import java.util.Optional;

/**
 * One path below the version that is answered.
 *
 * @param path without the version, for example {@code /quotes/identity}
 * @param method the only one it takes
 * @param since first version that has it
 * @param right what the peer must be allowed; empty when everyone is
 */
record Resource(
        String path, String method, ApiVersion since, Optional<Right> right, Endpoint endpoint) {
    /** Answers one request of one version. */
    @FunctionalInterface
    interface Endpoint {
        Answer answer(Exchange exchange, ApiVersion version) throws Refusal, InterruptedException;
    }
}
