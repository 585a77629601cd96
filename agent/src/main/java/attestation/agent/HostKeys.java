// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.agent.identity.AgentData;
import attestation.agent.identity.AgentId;
import attestation.agent.identity.IdentityException;
import attestation.agent.identity.StateFile;
import attestation.agent.keylime.registration.TpmModuleCredentials;
import attestation.config.TpmSection;
import attestation.tpm.AkBlob;
import attestation.tpm.AkTemplate;
import attestation.tpm.AttestationKey;
import attestation.tpm.EkRequest;
import attestation.tpm.EncryptionAlgorithm;
import attestation.tpm.EndorsementKey;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.SigningAlgorithm;
import attestation.tpm.Tpm;
import attestation.tpm.TpmException;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * This host's EK and AK: the stored AK is loaded, the first one made and stored. A stored AK is
 * never replaced here, whatever the TPM says of it: the registrar would refuse the new one.
 *
 * <p>Confined to one thread at a time.
 */
final class HostKeys {
    /** Chips need minutes to make an RSA key in the worst case. */
    private static final Duration SLOW_COMMANDS = Duration.ofMinutes(5);

    private final Tpm tpm;
    private final TpmSection settings;
    private final StateFile agentData;

    HostKeys(Tpm tpm, TpmSection settings, StateFile agentData) {
        this.tpm = tpm;
        this.settings = settings;
        this.agentData = agentData;
    }

    /**
     * What was established.
     *
     * @param device IAK and IDevID, where they are used
     */
    record Established(
            EndorsementKey ek, AttestationKey ak, Optional<TpmModuleCredentials.Device> device) {}

    /** The EK's hash as an earlier run stored it; empty before the first start. */
    Optional<String> storedEkHash() throws IOException {
        try {
            return AgentData.load(agentData).map(AgentData::ekHash);
        } catch (IdentityException e) {
            return Optional.empty(); // kept, and told by establish()
        }
    }

    /** Reads the EK, then loads or makes the AK. */
    Established establish()
            throws TpmException, IOException, IdentityException, InterruptedException {
        requireBank();
        EkRequest request = ekRequest();
        EndorsementKey ek = tpm.endorsementKey(request, SLOW_COMMANDS);
        String ekHash = AgentId.hashEk(ek.subjectPublicKeyInfo());
        Optional<AgentData> stored = AgentData.load(agentData);
        if (stored.isPresent()) {
            checkFits(stored.get(), ekHash);
            AkBlob blob = new AkBlob(stored.get().akPublic(), stored.get().akPrivate());
            return established(ek, tpm.loadAk(request, blob, SLOW_COMMANDS));
        }
        AkBlob blob = tpm.createAk(request, template(), SLOW_COMMANDS);
        data(blob, ekHash).store(agentData);
        return established(ek, tpm.loadAk(request, blob, SLOW_COMMANDS));
    }

    /** Before a key is made for a bank in which this TPM cannot quote. */
    private void requireBank() throws TpmException, InterruptedException {
        List<HashAlgorithm> active = tpm.activeBanks(SLOW_COMMANDS);
        if (!active.contains(hash())) {
            throw new TpmException.Unsupported(
                    "tpm.hash_alg: %s (expected: a PCR bank that is active in this TPM, of %s) - choose one of these, or allocate it (tpm2_pcrallocate, then reboot)"
                            .formatted(
                                    hash().keylimeName(),
                                    active.stream().map(HashAlgorithm::keylimeName).toList()));
        }
    }

    private Established established(EndorsementKey ek, AttestationKey ak)
            throws TpmException, IOException, IdentityException, InterruptedException {
        return new Established(ek, ak, new DeviceKeys(tpm, settings.deviceIdentity()).find());
    }

    private void checkFits(AgentData stored, String ekHash) throws IdentityException {
        String hash = AgentData.hashName(settings.hashAlg());
        String sign = AgentData.signName(settings.signingAlg());
        if (!stored.fits(hash, sign, ekHash)) {
            throw new IdentityException(
                    "%s: AK %s %s of EK %s (expected: %s %s of EK %s) - another TPM or other algorithms; restore the former ones, or make a new AK with: agent identity reset"
                            .formatted(
                                    agentData,
                                    stored.hashAlg(),
                                    stored.signAlg(),
                                    stored.ekHash(),
                                    hash,
                                    sign,
                                    ekHash));
        }
    }

    private AgentData data(AkBlob blob, String ekHash) {
        return new AgentData(
                AgentData.hashName(settings.hashAlg()),
                AgentData.signName(settings.signingAlg()),
                blob.tpmtPublic(),
                blob.tpm2bPrivateContents(),
                ekHash);
    }

    EkRequest ekRequest() {
        return new EkRequest(encryption(), settings.ekHandle());
    }

    private AkTemplate template() {
        return new AkTemplate(encryption(), signing(), hash());
    }

    HashAlgorithm hash() {
        return HashAlgorithm.ofKeylimeName(settings.hashAlg()).orElseThrow();
    }

    private EncryptionAlgorithm encryption() {
        return EncryptionAlgorithm.ofKeylimeName(settings.encryptionAlg()).orElseThrow();
    }

    private SigningAlgorithm signing() {
        return SigningAlgorithm.ofKeylimeName(settings.signingAlg()).orElseThrow();
    }
}
