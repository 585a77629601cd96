// SPDX-License-Identifier: Apache-2.0
package attestation.agent.metrics;

import attestation.agent.https.HttpsEvents;
import attestation.agent.https.Peer;
import attestation.agent.https.Refusal;
import attestation.agent.status.Latencies;

import java.time.Duration;

/** Counts how long answers with a quote took to be sent, and passes all events on. */
public final class QuoteSending implements HttpsEvents {
    private static final String QUOTES = "/quotes/";
    private static final int SUCCESS = 200;

    private final HttpsEvents next;
    private final Latencies sending;

    /**
     * @param next who else is told
     * @param sending where it is counted
     */
    public QuoteSending(HttpsEvents next, Latencies sending) {
        this.next = next;
        this.sending = sending;
    }

    @Override
    public void served(
            Peer peer, String target, int status, long bytes, Duration time, Duration sent) {
        if (status == SUCCESS && target.contains(QUOTES)) {
            sending.add(sent);
        }
        next.served(peer, target, status, bytes, time, sent);
    }

    @Override
    public void refused(Refusal refusal) {
        next.refused(refusal);
    }

    @Override
    public void failed(String target, Throwable cause) {
        next.failed(target, cause);
    }
}
