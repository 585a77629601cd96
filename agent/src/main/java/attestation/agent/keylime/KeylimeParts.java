// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import attestation.agent.evidence.EvidenceSource;
import attestation.agent.https.Authorizer;
import attestation.agent.identity.PayloadKey;
import attestation.agent.keylime.payload.PayloadService;
import attestation.agent.keylime.registration.Polls;

/**
 * What the API works with.
 *
 * @param evidence quotes and lists
 * @param authorizer asked for each request
 * @param polls told of each quote with a mask that was answered
 * @param payloadKey decrypts U and V
 * @param payloads takes keys, payloads and revocation messages
 */
public record KeylimeParts(
        EvidenceSource evidence,
        Authorizer authorizer,
        Polls polls,
        PayloadKey payloadKey,
        PayloadService payloads) {}
