// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One rule that the kernel accepts.
 *
 * @param line in its policy, from 1
 * @param text as written
 * @param labels LSM conditions by name, such as {@code obj_type}
 * @param data names of keyrings, or labels of critical data; empty means all
 * @param algorithms of {@code appraise_algos}
 */
public record Rule(
        int line,
        String text,
        Action action,
        Optional<Hook> hook,
        Optional<Mask> mask,
        OptionalLong fsMagic,
        Optional<String> fsName,
        Optional<String> fsSubtype,
        Optional<String> fsUuid,
        List<IdCondition> ids,
        Map<String, String> labels,
        List<String> data,
        List<String> algorithms,
        Optional<Integer> pcr,
        Optional<String> template,
        Set<Flag> flags) {
    /** Options without a value of their own. */
    public enum Flag {
        PERMIT_DIRECTIO,
        /** Only the fs-verity digest counts. */
        VERITY,
        /** {@code appraise_type=imasig} or {@code sigv3}: a digest is not enough. */
        SIGNATURE,
        /** {@code appraise_type=imasig|modsig}: an appended signature will do. */
        APPENDED_SIGNATURE,
        CHECK_BLACKLIST
    }

    /** Whether it says anything about this hook. */
    public boolean concerns(Hook asked) {
        return hook.isPresent() ? hook.get() == asked : !asked.ofBuffer();
    }

    /** Whether nothing but the hook, and what every use of the hook fulfils, is asked. */
    public boolean unconditional() {
        return fsMagic.isEmpty()
                && fsName.isEmpty()
                && fsSubtype.isEmpty()
                && fsUuid.isEmpty()
                && ids.isEmpty()
                && labels.isEmpty()
                && data.isEmpty()
                && !flags.contains(Flag.VERITY);
    }
}
