// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import attestation.config.value.KeepOpen;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Section {@code [ima]}. */
public final class ImaKeys {
    public static final Key<Optional<Path>> LIST =
            key(
                    "list",
                    Types.optionalAbsolutePath(),
                    Optional.empty(),
                    "",
                    "The kernel's measurement list. Empty: ascii_runtime_measurements under"
                            + " /sys/kernel/security, where this kernel has it.");
    public static final Key<Optional<Path>> COUNT =
            key(
                    "count",
                    Types.optionalAbsolutePath(),
                    Optional.empty(),
                    "",
                    "The kernel's count of entries. Empty: runtime_measurements_count beside the"
                            + " list.");
    public static final Key<Optional<Path>> BOOT_LOG =
            key(
                    "boot_log",
                    Types.optionalAbsolutePath(),
                    Optional.of(Path.of("/sys/kernel/security/tpm0/binary_bios_measurements")),
                    "",
                    "The firmware's event log; empty for none.");
    public static final Key<KeepOpen> KEEP_OPEN =
            key(
                    "keep_open",
                    Types.word(KeepOpen.class),
                    KeepOpen.AUTO,
                    "",
                    "Whether the list stays open between reads: auto, always or never.");
    public static final Key<Integer> SPOOL_CAP_MIB =
            key(
                    "spool_cap_mib",
                    Types.whole(1, 1_048_576),
                    1024,
                    "MiB",
                    "Largest copy of the list on disk.");
    public static final Key<Integer> POLL_MS =
            key(
                    "poll_ms",
                    Types.whole(10, 3_600_000),
                    1000,
                    "ms",
                    "How often the count of entries is looked at while nobody asks; a quarter as often"
                            + " while nothing is added.");

    static final List<Key<?>> ALL =
            List.of(LIST, COUNT, BOOT_LOG, KEEP_OPEN, SPOOL_CAP_MIB, POLL_MS);

    private ImaKeys() {}

    private static <T> Key<T> key(
            String option, ValueType<T> type, T standard, String unit, String description) {
        return new Key<>("ima", option, type, standard, unit, description);
    }
}
