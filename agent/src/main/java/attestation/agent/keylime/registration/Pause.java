// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import java.time.Duration;

/** How the registration waits; replaced by a hand-moved one in tests. */
@FunctionalInterface
interface Pause {
    /** Returns when the time is over, or sooner when there is a reason to go on. */
    void pause(Duration time) throws InterruptedException;
}
