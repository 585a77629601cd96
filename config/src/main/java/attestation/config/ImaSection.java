// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.ImaKeys;
import attestation.config.value.KeepOpen;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The kernel's measurement list and the firmware's log.
 *
 * @param list empty: where this kernel has it
 * @param count empty: beside the list
 * @param bootLog empty: none
 * @param poll how often the count is looked at while nobody asks
 */
public record ImaSection(
        Optional<Path> list,
        Optional<Path> count,
        Optional<Path> bootLog,
        KeepOpen keepOpen,
        int spoolCapMib,
        Duration poll) {
    public ImaSection {
        ImaKeys.LIST.require(list);
        ImaKeys.COUNT.require(count);
        ImaKeys.BOOT_LOG.require(bootLog);
        ImaKeys.SPOOL_CAP_MIB.require(spoolCapMib);
        ImaKeys.POLL_MS.require(Math.toIntExact(poll.toMillis()));
    }

    static ImaSection of(Values values) {
        return new ImaSection(
                values.get(ImaKeys.LIST),
                values.get(ImaKeys.COUNT),
                values.get(ImaKeys.BOOT_LOG),
                values.get(ImaKeys.KEEP_OPEN),
                values.get(ImaKeys.SPOOL_CAP_MIB),
                Duration.ofMillis(values.get(ImaKeys.POLL_MS)));
    }
}
