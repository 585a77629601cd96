// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.ima.follow.KeepOpen;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where evidence comes from and where it is kept.
 *
 * @param list the kernel's measurement list
 * @param count {@code runtime_measurements_count}; empty when it cannot be had
 * @param bootLog the firmware's log; empty when none is to be served
 * @param keepOpen whether the list stays open between drains
 * @param spoolDir for the spool of this boot; also remembers which boot it was
 * @param spoolCapBytes largest size of the spool
 * @param poll how often to look for new entries while nobody asks
 */
public record EvidenceSettings(
        Path list,
        Optional<Path> count,
        Optional<Path> bootLog,
        KeepOpen keepOpen,
        Path spoolDir,
        long spoolCapBytes,
        Duration poll) {}
