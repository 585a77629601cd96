// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Lets a bounded number of requests run; the others wait in the order they came. Thread-safe, never
 * blocks.
 */
final class InFlight {
    private final int most;
    private final Set<Running> waiting = new LinkedHashSet<>();
    private int running;

    InFlight(int most) {
        this.most = most;
    }

    /** Starts the request now or as soon as a place is free. */
    void submit(Running request) {
        synchronized (this) {
            if (running >= most) {
                waiting.add(request);
                return;
            }
            running++;
        }
        request.start();
    }

    /** Takes a request back that has not started; false if it has. */
    synchronized boolean withdraw(Running request) {
        return waiting.remove(request);
    }

    /** A request's handler has ended; its place goes to the next. */
    void ended() {
        Running next;
        synchronized (this) {
            var first = waiting.iterator();
            if (!first.hasNext()) {
                running--;
                return;
            }
            next = first.next();
            first.remove();
        }
        next.start();
    }

    synchronized int running() {
        return running;
    }

    synchronized int waiting() {
        return waiting.size();
    }
}
