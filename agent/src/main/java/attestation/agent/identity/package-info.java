// SPDX-License-Identifier: Apache-2.0
/**
 * What makes this host the same one tomorrow: identifier, AK blobs, keys and certificate, and the
 * one directory they live in. {@link attestation.agent.identity.StateDirectory} is the way in.
 */
@NullMarked
package attestation.agent.identity;

import org.jspecify.annotations.NullMarked;
