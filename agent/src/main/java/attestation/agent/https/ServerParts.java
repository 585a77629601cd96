// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.time.Clock;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;

/** What all connections of one server share. */
record ServerParts(
        HttpLimits limits,
        Handler handler,
        ErrorAnswers errors,
        HttpsEvents events,
        Counters counters,
        Admission admission,
        InFlight inFlight,
        Semaphore streams,
        HttpDate date,
        ThreadFactory requestThreads,
        Clock clock,
        LongSupplier nanoClock) {

    static ServerParts of(
            HttpLimits limits, Handler handler, ErrorAnswers errors, HttpsEvents events) {
        Clock clock = Clock.systemUTC();
        return new ServerParts(
                limits,
                handler,
                errors,
                events,
                new Counters(),
                new Admission(limits.connections(), limits.connectionsPerPeer()),
                new InFlight(limits.requestsInFlight()),
                new Semaphore(limits.streams(), true),
                new HttpDate(clock),
                Thread.ofVirtual().name("request-", 0).factory(),
                clock,
                System::nanoTime);
    }

    void refuse(Refusal.Kind kind, String peer, String detail) {
        Refusal refusal = new Refusal(kind, peer, detail, clock.instant());
        counters.refused(refusal);
        events.refused(refusal);
    }

    ServerCounters snapshot() {
        return counters.snapshot(admission.size(), inFlight.running(), inFlight.waiting());
    }
}
