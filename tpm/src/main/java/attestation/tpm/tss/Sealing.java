// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.Auth;
import attestation.tpm.EncryptionAlgorithm;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.PcrSelection;
import attestation.tpm.SealedBlob;
import attestation.tpm.TpmException;
import attestation.tpm.wire.PublicArea;
import attestation.tpm.wire.TpmReader;

import tss.tpm.TPM2B_DIGEST_KEYEDHASH;
import tss.tpm.TPM2_PolicyGetDigest_REQUEST;
import tss.tpm.TPM2_PolicyPCR_REQUEST;
import tss.tpm.TPM2_Unseal_REQUEST;
import tss.tpm.TPMA_OBJECT;
import tss.tpm.TPMS_KEYEDHASH_PARMS;
import tss.tpm.TPMS_NULL_SCHEME_KEYEDHASH;
import tss.tpm.TPMS_SENSITIVE_CREATE;
import tss.tpm.TPMT_PUBLIC;
import tss.tpm.TPM_CC;
import tss.tpm.TPM_HANDLE;

import java.util.Optional;

/**
 * Seals secrets under a storage key in the owner hierarchy; on the bus they are always encrypted.
 *
 * <p>The storage key is the TCG's P-256 SRK template; the sealed object does not count for
 * dictionary attacks, since it has no password.
 */
final class Sealing {
    private static final HashAlgorithm HASH = HashAlgorithm.SHA256;
    private static final int SRK_ATTRIBUTES = 0x00030472;
    private static final int BY_PASSWORD = 0x00000452;
    private static final int BY_POLICY = 0x00000412;
    private static final int MAX_SECRET = 128;
    private static final int MAX_DIGEST = 64;

    private final Engine engine;
    private final Sessions sessions;
    private final Objects objects;
    private final Optional<Auth> ownerAuth;
    private final AuthGuard guard;

    Sealing(
            Engine engine,
            Sessions sessions,
            Objects objects,
            Optional<Auth> ownerAuth,
            AuthGuard guard) {
        this.guard = guard;
        this.engine = engine;
        this.sessions = sessions;
        this.objects = objects;
        this.ownerAuth = ownerAuth;
    }

    SealedBlob seal(byte[] secret, Optional<PcrSelection> pcrs) throws TpmException {
        if (secret.length == 0 || secret.length > MAX_SECRET) {
            throw new IllegalArgumentException(
                    "secret to seal: "
                            + secret.length
                            + " bytes (expected: 1.."
                            + MAX_SECRET
                            + ")");
        }
        byte[] policy = pcrs.isPresent() ? policyDigest(pcrs.get()) : new byte[0];
        try (Objects.Loaded srk = storageKey();
                Sessions.Hmac bus = sessions.salted(srk.ref(), srk.area())) {
            Objects.Created created =
                    objects.create(
                            "a sealed secret",
                            srk.ref(),
                            template(policy),
                            new TPMS_SENSITIVE_CREATE(new byte[0], secret),
                            Authorization.EMPTY,
                            bus.session().encrypting(true, false));
            return new SealedBlob(created.area().bytes(), created.privateContents(), pcrs);
        }
    }

    byte[] unseal(SealedBlob blob) throws TpmException {
        PublicArea area = PublicArea.parse(blob.tpmtPublic());
        try (Objects.Loaded srk = storageKey();
                Objects.Loaded sealed =
                        objects.load(
                                "a sealed secret",
                                srk.ref(),
                                srk.qualifiedName(),
                                blob.tpm2bPrivateContents(),
                                area,
                                Authorization.EMPTY);
                Sessions.Hmac bus = sessions.salted(srk.ref(), srk.area())) {
            HmacSession session = bus.session().encrypting(false, true);
            if (blob.pcrs().isEmpty()) {
                return unseal(sealed.ref(), Authorization.EMPTY, session);
            }
            try (Lease policy = sessions.policy(HASH)) {
                policyPcr(policy.ref(), blob.pcrs().get());
                Authorization auth = new Authorization.Policy(policy.ref().handle());
                return unseal(sealed.ref(), auth, session);
            }
        }
    }

    private byte[] unseal(Ref sealed, Authorization auth, HmacSession bus) throws TpmException {
        TpmReader in =
                engine.run(
                                Command.of(
                                                "TPM2_Unseal",
                                                TPM_CC.Unseal,
                                                new TPM2_Unseal_REQUEST(new TPM_HANDLE(0)))
                                        .on(sealed)
                                        .with(auth, bus))
                        .reader();
        byte[] secret = in.sized(MAX_SECRET);
        in.end();
        return secret;
    }

    private byte[] policyDigest(PcrSelection pcrs) throws TpmException {
        try (Lease trial = sessions.trial(HASH)) {
            policyPcr(trial.ref(), pcrs);
            TpmReader in =
                    engine.run(
                                    Command.of(
                                                    "TPM2_PolicyGetDigest",
                                                    TPM_CC.PolicyGetDigest,
                                                    new TPM2_PolicyGetDigest_REQUEST(
                                                            new TPM_HANDLE(0)))
                                            .on(trial.ref()))
                            .reader();
            byte[] digest = in.sized(MAX_DIGEST);
            in.end();
            return digest;
        }
    }

    private void policyPcr(Ref session, PcrSelection pcrs) throws TpmException {
        engine.run(
                        Command.of(
                                        "TPM2_PolicyPCR of " + pcrs,
                                        TPM_CC.PolicyPCR,
                                        new TPM2_PolicyPCR_REQUEST(
                                                new TPM_HANDLE(0),
                                                new byte[0],
                                                Pcrs.selections(pcrs)))
                                .on(session))
                .reader()
                .end();
    }

    private Objects.Loaded storageKey() throws TpmException {
        TPMT_PUBLIC template =
                Templates.ecc(
                        HASH,
                        SRK_ATTRIBUTES,
                        new byte[0],
                        Templates.aes(128),
                        Templates.noScheme(),
                        EncryptionAlgorithm.ECC256.curveId(),
                        new byte[32]);
        return guard.run(
                PolicyIndex.OWNER,
                () -> objects.primary("the storage key", Ref.OWNER, ownerAuth, template));
    }

    private static TPMT_PUBLIC template(byte[] policy) {
        return new TPMT_PUBLIC(
                Templates.id(HASH),
                new TPMA_OBJECT(policy.length == 0 ? BY_PASSWORD : BY_POLICY),
                policy,
                new TPMS_KEYEDHASH_PARMS(new TPMS_NULL_SCHEME_KEYEDHASH()),
                new TPM2B_DIGEST_KEYEDHASH());
    }
}
