// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import attestation.tpm.AttestationKey;
import attestation.tpm.DeviceKeyRequest;
import attestation.tpm.EndorsementKey;
import attestation.tpm.Tpm;
import attestation.tpm.TpmException;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Registration's view of this process's TPM. Any thread. */
public final class TpmModuleCredentials implements TpmCredentials {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /**
     * The keys that registration names.
     *
     * @param ak the one in use; empty while none is loaded
     * @param ek the one it lies under; empty while it could not be read
     * @param device IAK and IDevID with the request that certifies by the IAK; empty when not used
     */
    public record Sources(
            Supplier<Optional<AttestationKey>> ak,
            Supplier<Optional<EndorsementKey>> ek,
            Supplier<Optional<Device>> device) {}

    /** IAK and IDevID. */
    public record Device(DeviceKeyRequest iak, DeviceKeys keys) {}

    private final Tpm tpm;
    private final Sources sources;

    public TpmModuleCredentials(Tpm tpm, Sources sources) {
        this.tpm = tpm;
        this.sources = sources;
    }

    @Override
    public Keys keys() throws IOException {
        AttestationKey ak =
                sources.ak()
                        .get()
                        .orElseThrow(() -> new IOException("attestation key is not loaded yet"));
        EndorsementKey ek =
                sources.ek()
                        .get()
                        .orElseThrow(() -> new IOException("endorsement key is not read yet"));
        return new Keys(
                ak.tpm2bPublic(),
                ek.tpm2bPublic(),
                certificates(ek),
                sources.device().get().map(Device::keys));
    }

    /**
     * EK certificate, then its chain from the index read last back to the first, as the peer does.
     */
    private static List<byte[]> certificates(EndorsementKey ek) {
        if (ek.certificateUnreadable()) {
            return List.of(); // it may pass; another first certificate would be refused
        }
        var certificates = new ArrayList<byte[]>();
        ek.certificate().ifPresent(certificates::add);
        certificates.addAll(ek.chain().reversed());
        return certificates;
    }

    @Override
    public byte[] activate(byte[] idObject, byte[] encryptedSecret)
            throws IOException, InterruptedException {
        try {
            return tpm.activateCredential(idObject, encryptedSecret, TIMEOUT);
        } catch (TpmException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public Certification certify(byte[] qualifyingData) throws IOException, InterruptedException {
        Device device =
                sources.device().get().orElseThrow(() -> new IOException("no IAK is configured"));
        try {
            var made = tpm.certify(device.iak(), qualifyingData, TIMEOUT);
            return new Certification(made.attest(), made.signature());
        } catch (TpmException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
