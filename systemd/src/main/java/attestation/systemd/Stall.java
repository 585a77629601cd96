// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import java.time.Duration;

/**
 * A loop of ours that makes no progress: the reason why the watchdog is not fed.
 *
 * @param loop the loop's name
 * @param silence since when it has not beaten
 */
public record Stall(String loop, Duration silence) {}
