// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import attestation.agent.keylime.wire.ApiVersions;
import attestation.agent.keylime.wire.EncryptionAlgorithm;

/**
 * What the API says of this host, constant while the agent runs.
 *
 * @param agentId identifier under which the host is registered
 * @param versions API versions that are answered
 * @param hashAlg hash of quotes as Keylime spells it
 * @param encryption key type of EK and AK
 * @param signAlg signature scheme of the AK as Keylime spells it
 * @param bootTime when this boot began, seconds since the epoch, the same until the next boot
 */
public record KeylimeSettings(
        String agentId,
        ApiVersions versions,
        String hashAlg,
        EncryptionAlgorithm encryption,
        String signAlg,
        long bootTime) {}
