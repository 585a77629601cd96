// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.util.List;
import java.util.Map;

/**
 * What a server has done since its start; an immutable snapshot.
 *
 * @param openConnections now
 * @param connections accepted
 * @param handshakes of TLS that succeeded
 * @param requests answered or failed
 * @param answers by HTTP status
 * @param requestsInFlight now with a handler
 * @param requestsWaiting now for a place among those
 * @param bytesReceived decrypted
 * @param bytesSent before encryption
 * @param refusals by cause
 * @param lastOfKind the newest refusal of each cause, whatever came after it
 * @param lastRefusals the newest ones, newest first
 */
public record ServerCounters(
        int openConnections,
        long connections,
        long handshakes,
        long requests,
        Map<Integer, Long> answers,
        int requestsInFlight,
        int requestsWaiting,
        long bytesReceived,
        long bytesSent,
        Map<Refusal.Kind, Long> refusals,
        Map<Refusal.Kind, Refusal> lastOfKind,
        List<Refusal> lastRefusals) {}
