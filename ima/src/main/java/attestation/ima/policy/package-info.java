// SPDX-License-Identifier: Apache-2.0
/**
 * IMA policies: the kernel's grammar ({@code Documentation/ABI/testing/ima_policy}), which rule
 * decides, what is left out.
 *
 * <p>{@link attestation.ima.policy.PolicyParser} reads a policy as {@code ima_parse_rule} and
 * {@code ima_validate_rule} of the kernel do, {@link attestation.ima.policy.Simulation} finds the
 * rule that decides, {@link attestation.ima.policy.Coverage} what nothing measures. What only some
 * kernels accept is told as a {@link attestation.ima.policy.Requirement}.
 */
@NullMarked
package attestation.ima.policy;

import org.jspecify.annotations.NullMarked;
