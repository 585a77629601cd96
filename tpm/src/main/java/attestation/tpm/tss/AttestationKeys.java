// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.AkBlob;
import attestation.tpm.AkTemplate;
import attestation.tpm.EkRequest;
import attestation.tpm.TpmException;
import attestation.tpm.wire.PublicArea;

import tss.tpm.TPMS_SENSITIVE_CREATE;

/** Attestation keys under an EK, as Keylime makes them. */
final class AttestationKeys {
    private final EndorsementKeys endorsementKeys;
    private final Objects objects;
    private final Leftovers leftovers;

    AttestationKeys(EndorsementKeys endorsementKeys, Objects objects, Leftovers leftovers) {
        this.endorsementKeys = endorsementKeys;
        this.objects = objects;
        this.leftovers = leftovers;
    }

    /** Makes one; nothing stays in the TPM. */
    AkBlob create(EkRequest request, AkTemplate template) throws TpmException {
        try (Objects.Loaded ek = endorsementKeys.load(request)) {
            Objects.Created created =
                    endorsementKeys.authorized(
                            ek.area(),
                            auth ->
                                    objects.create(
                                            "the AK",
                                            ek.ref(),
                                            Templates.ak(template),
                                            new TPMS_SENSITIVE_CREATE(),
                                            auth));
            return new AkBlob(created.area().bytes(), created.privateContents());
        }
    }

    /** Loads one; the EK is flushed again, so that the AK alone takes a slot. */
    Objects.Loaded load(EkRequest request, AkBlob blob) throws TpmException {
        PublicArea area = PublicArea.parse(blob.tpmtPublic());
        leftovers.flushOthers(new Ref(0, area.name())); // makes room for the EK
        try (Objects.Loaded ek = endorsementKeys.load(request)) {
            return endorsementKeys.authorized(
                    ek.area(),
                    auth ->
                            objects.load(
                                    "the AK",
                                    ek.ref(),
                                    ek.qualifiedName(),
                                    blob.tpm2bPrivateContents(),
                                    area,
                                    auth));
        }
    }
}
