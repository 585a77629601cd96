// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import org.jspecify.annotations.Nullable;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * All open connections of a server, bounded. A newcomer beyond the limit takes the place of one
 * that is not at work: the longest silent first, then the longest in its handshake, since nobody
 * vouches for either, then the longest idle. One address cannot crowd out the others: beyond its
 * own limit it loses its own connections. Thread-safe.
 */
final class Admission {
    private final int most;
    private final int mostOfOnePeer;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();

    Admission(int most, int mostOfOnePeer) {
        this.most = most;
        this.mostOfOnePeer = mostOfOnePeer;
    }

    /** Whether the newcomer may stay. */
    synchronized boolean admit(Connection newcomer) {
        boolean crowding = open.size() >= mostOfOnePeer && ofPeer(newcomer) >= mostOfOnePeer;
        if (crowding || open.size() >= most) {
            Connection victim = victim(crowding ? newcomer::samePeer : any -> true);
            if (victim == null) {
                return false;
            }
            open.remove(victim);
            victim.evict();
        }
        open.add(newcomer);
        return true;
    }

    private long ofPeer(Connection newcomer) {
        return open.stream().filter(newcomer::samePeer).count();
    }

    private @Nullable Connection victim(Predicate<Connection> eligible) {
        Connection oldest = null;
        for (Connection candidate : open) {
            if (candidate.evictable()
                    && eligible.test(candidate)
                    && (oldest == null || candidate.evictBefore(oldest))) {
                oldest = candidate;
            }
        }
        return oldest;
    }

    void gone(Connection connection) {
        open.remove(connection);
    }

    int size() {
        return open.size();
    }

    Set<Connection> all() {
        return Set.copyOf(open);
    }
}
