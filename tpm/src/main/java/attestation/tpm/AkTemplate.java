// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

/**
 * What an attestation key is to be.
 *
 * @param encryption kind and size; the same as the EK's
 * @param signing its scheme
 * @param hash of the scheme and of the Name
 */
public record AkTemplate(
        EncryptionAlgorithm encryption, SigningAlgorithm signing, HashAlgorithm hash) {
    public AkTemplate {
        if (encryption.isRsa() != signing.isRsa()) {
            throw new IllegalArgumentException(
                    "signing algorithm: "
                            + signing.keylimeName()
                            + " with "
                            + encryption.keylimeName()
                            + " (expected: rsassa or rsapss with rsa, ecdsa or ecschnorr with ecc)");
        }
    }
}
