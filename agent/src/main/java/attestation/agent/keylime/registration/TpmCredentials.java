// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What registration needs of the TPM. Called on the registration's own thread; calls may block
 * until there is a TPM.
 *
 * <p>An {@link IOException} tells in its message why the TPM could not; it is tried again later.
 */
public interface TpmCredentials {
    /**
     * Public parts of the keys that are registered.
     *
     * @param akPublic TPM2B_PUBLIC of the AK
     * @param ekPublic TPM2B_PUBLIC of the EK
     * @param ekCertificates DER as the TPM holds it, EK certificate first, then its chain; empty
     *     when there is none or it cannot be read
     * @param device IAK and IDevID; empty when not used
     */
    record Keys(
            byte[] akPublic,
            byte[] ekPublic,
            List<byte[]> ekCertificates,
            Optional<DeviceKeys> device) {}

    /**
     * IAK and IDevID.
     *
     * @param iakPublic TPM2B_PUBLIC
     * @param idevidPublic TPM2B_PUBLIC
     * @param iakCertificate DER
     * @param idevidCertificate DER
     */
    record DeviceKeys(
            byte[] iakPublic,
            byte[] idevidPublic,
            Optional<byte[]> iakCertificate,
            Optional<byte[]> idevidCertificate) {}

    /**
     * TPM2_Certify of the AK by the IAK.
     *
     * @param attest TPMS_ATTEST
     * @param signature TPMT_SIGNATURE
     */
    record Certification(byte[] attest, byte[] signature) {}

    Keys keys() throws IOException, InterruptedException;

    /**
     * TPM2_ActivateCredential with AK and EK.
     *
     * @param idObject TPM2B_ID_OBJECT
     * @param encryptedSecret TPM2B_ENCRYPTED_SECRET
     * @return the credential
     */
    byte[] activate(byte[] idObject, byte[] encryptedSecret)
            throws IOException, InterruptedException;

    /** Certifies the AK; called only when {@link Keys#device()} is there. */
    Certification certify(byte[] qualifyingData) throws IOException, InterruptedException;
}
