// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts for one server; any thread. */
final class Counters {
    private static final int KEPT_REFUSALS = 8;

    final LongAdder connections = new LongAdder();
    final LongAdder handshakes = new LongAdder();
    final LongAdder bytesReceived = new LongAdder();
    final LongAdder bytesSent = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final Map<Integer, LongAdder> answers = new ConcurrentHashMap<>();
    private final Map<Refusal.Kind, LongAdder> refusals = new ConcurrentHashMap<>();
    private final Map<Refusal.Kind, Refusal> lastOfKind = new ConcurrentHashMap<>();
    private final Deque<Refusal> lastRefusals = new ArrayDeque<>();

    void answered(int status) {
        requests.increment();
        answers.computeIfAbsent(status, s -> new LongAdder()).increment();
    }

    void refused(Refusal refusal) {
        refusals.computeIfAbsent(refusal.kind(), k -> new LongAdder()).increment();
        lastOfKind.put(refusal.kind(), refusal);
        synchronized (lastRefusals) {
            lastRefusals.addFirst(refusal);
            if (lastRefusals.size() > KEPT_REFUSALS) {
                lastRefusals.removeLast();
            }
        }
    }

    ServerCounters snapshot(int openConnections, int inFlight, int waiting) {
        Map<Integer, Long> byStatus = new TreeMap<>();
        answers.forEach((status, count) -> byStatus.put(status, count.sum()));
        Map<Refusal.Kind, Long> byKind = new EnumMap<>(Refusal.Kind.class);
        refusals.forEach((kind, count) -> byKind.put(kind, count.sum()));
        return new ServerCounters(
                openConnections,
                connections.sum(),
                handshakes.sum(),
                requests.sum(),
                Map.copyOf(byStatus),
                inFlight,
                waiting,
                bytesReceived.sum(),
                bytesSent.sum(),
                Map.copyOf(byKind),
                Map.copyOf(lastOfKind),
                last());
    }

    private List<Refusal> last() {
        synchronized (lastRefusals) {
            return List.copyOf(lastRefusals);
        }
    }
}
