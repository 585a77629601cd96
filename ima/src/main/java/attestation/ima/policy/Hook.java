// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where the kernel asks its policy, {@code func=}. */
public enum Hook {
    FILE_CHECK,
    MMAP_CHECK,
    MMAP_CHECK_REQPROT,
    BPRM_CHECK,
    CREDS_CHECK,
    MODULE_CHECK,
    FIRMWARE_CHECK,
    KEXEC_KERNEL_CHECK,
    KEXEC_INITRAMFS_CHECK,
    POLICY_CHECK,
    KEXEC_CMDLINE,
    KEY_CHECK,
    CRITICAL_DATA,
    SETXATTR_CHECK;

    private static final Map<String, Hook> ALIASES =
            Map.of("PATH_CHECK", FILE_CHECK, "FILE_MMAP", MMAP_CHECK);

    /** Whether it measures a buffer, not a file: only rules that name it match. */
    boolean ofBuffer() {
        return this == KEY_CHECK || this == CRITICAL_DATA;
    }

    /** How the kernel opens what it asks about; buffers are not opened. */
    public Set<Mask.Access> usualMask() {
        return switch (this) {
            case BPRM_CHECK, CREDS_CHECK, MMAP_CHECK, MMAP_CHECK_REQPROT ->
                    Set.of(Mask.Access.MAY_EXEC);
            case KEY_CHECK, CRITICAL_DATA, KEXEC_CMDLINE -> Set.of();
            default -> Set.of(Mask.Access.MAY_READ);
        };
    }

    /** The hook of this name or of an older one. */
    public static Optional<Hook> of(String word) {
        Hook alias = ALIASES.get(word);
        return alias != null
                ? Optional.of(alias)
                : Arrays.stream(values()).filter(hook -> hook.name().equals(word)).findFirst();
    }

    /** Every name that {@link #of} knows. */
    public static List<String> words() {
        return java.util.stream.Stream.concat(
                        Arrays.stream(values()).map(Hook::name), ALIASES.keySet().stream().sorted())
                .toList();
    }
}
