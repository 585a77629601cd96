// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import attestation.ima.policy.IdCondition.Whose;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A use of a file or buffer, about which the kernel asks its policy. What is absent is not known,
 * and makes answers uncertain where a rule asks for it.
 *
 * @param mask how the file is opened; empty for buffers
 * @param ids of the process and of the file
 * @param data name of the keyring of KEY_CHECK, label of CRITICAL_DATA
 */
public record Access(
        Hook hook,
        Set<Mask.Access> mask,
        OptionalLong fsMagic,
        Optional<String> fsName,
        Optional<String> fsUuid,
        Map<Whose, Long> ids,
        Optional<String> data) {
    private static final Map<Whose, Long> ROOTS_FILE = Map.of(Whose.FOWNER, 0L, Whose.FGROUP, 0L);
    private static final Map<Whose, Long> ROOT_ON_ROOTS_FILE =
            Map.ofEntries(
                    Map.entry(Whose.UID, 0L),
                    Map.entry(Whose.EUID, 0L),
                    Map.entry(Whose.GID, 0L),
                    Map.entry(Whose.EGID, 0L),
                    Map.entry(Whose.FOWNER, 0L),
                    Map.entry(Whose.FGROUP, 0L));

    /** A process of root uses a file of root, wherever it lies. */
    public static Access byRoot(Hook hook) {
        return of(hook, ROOT_ON_ROOTS_FILE);
    }

    /** Somebody uses a file of root, wherever it lies. */
    public static Access ofRootsFile(Hook hook) {
        return of(hook, ROOTS_FILE);
    }

    private static Access of(Hook hook, Map<Whose, Long> ids) {
        return new Access(
                hook,
                hook.usualMask(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                ids,
                Optional.empty());
    }
}
