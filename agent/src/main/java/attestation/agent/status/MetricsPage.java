// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import attestation.agent.https.Answer;

/** Makes {@code /metrics}. Thread-safe. */
@FunctionalInterface
public interface MetricsPage {
    /**
     * The numbers of this moment.
     *
     * @param accept which format the client would like, the header as it came; empty for none
     */
    Answer answer(StatusReport report, String accept);
}
