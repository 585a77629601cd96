// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * An AK's public area, in the forms in which it is pinned.
 *
 * @param name the TPM's Name in hex
 * @param kind for people, for example {@code RSA 2048}
 * @param pem SubjectPublicKeyInfo
 */
public record PublicArea(String name, String kind, String pem) {
    /**
     * Of TPM2B_PUBLIC or TPMT_PUBLIC.
     *
     * @throws IllegalArgumentException when it is none of an AK
     */
    public static PublicArea of(byte[] bytes) {
        try {
            TpmtPublic area = TpmtPublic.parse(bytes);
            AttestationKey ak = new AttestationKey(area.key(), Optional.of(area));
            return new PublicArea(
                    HexFormat.of().formatHex(area.name()),
                    ak.kind(),
                    new String(AttestationKeyReader.pem(ak), StandardCharsets.US_ASCII));
        } catch (RefutedException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
