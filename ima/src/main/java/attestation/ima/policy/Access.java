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
        Optional<String> data) {}
