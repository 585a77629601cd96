// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.Auth;
import attestation.tpm.EkRequest;
import attestation.tpm.EncryptionAlgorithm;
import attestation.tpm.EndorsementKey;
import attestation.tpm.TpmException;
import attestation.tpm.wire.PublicArea;

import tss.tpm.TPM2B_DIGEST;
import tss.tpm.TPM2_PolicyOR_REQUEST;
import tss.tpm.TPM2_PolicySecret_REQUEST;
import tss.tpm.TPM_CC;
import tss.tpm.TPM_HANDLE;

import java.util.Optional;

/** Endorsement keys: made from a TCG template or taken where they are, and how they are used. */
final class EndorsementKeys {
    /** Whose password the guard remembers. */
    static final String HIERARCHY = "endorsement hierarchy";

    private static final int MAX_TIMEOUT = 64;
    private static final int MAX_DIGEST = 64;

    private final Engine engine;
    private final Sessions sessions;
    private final Objects objects;
    private final EkCertificates certificates;
    private final Optional<Auth> endorsementAuth;
    private final AuthGuard guard;

    EndorsementKeys(
            Engine engine,
            Sessions sessions,
            Objects objects,
            EkCertificates certificates,
            Optional<Auth> endorsementAuth,
            AuthGuard guard) {
        this.guard = guard;
        this.engine = engine;
        this.sessions = sessions;
        this.objects = objects;
        this.certificates = certificates;
        this.endorsementAuth = endorsementAuth;
    }

    EndorsementKey describe(EkRequest request) throws TpmException {
        PublicArea area;
        try (Objects.Loaded key = load(request)) {
            area = key.area();
        }
        byte[] info =
                area.subjectPublicKeyInfo()
                        .orElseThrow(() -> new TpmException.Unsupported("EK: not RSA or ECC"));
        EkCertificates.Found found = certificates.of(request.algorithm());
        return new EndorsementKey(
                label(request),
                area,
                area.name(),
                info,
                found.certificate(),
                found.note(),
                found.unreadable(),
                certificates.chain());
    }

    private static String label(EkRequest request) {
        return request.persistentHandle().isPresent()
                ? String.format("persistent 0x%08x", request.persistentHandle().getAsInt())
                : EkTemplate.of(request.algorithm()).label;
    }

    /** Makes it, or takes the persistent one, whose kind must be the one asked for. */
    Objects.Loaded load(EkRequest request) throws TpmException {
        if (request.persistentHandle().isEmpty()) {
            return make(EkTemplate.of(request.algorithm()));
        }
        int handle = request.persistentHandle().getAsInt();
        String label = String.format("the EK at 0x%08x", handle);
        Objects.Loaded key = objects.persistent(label, handle);
        requireKind(label, key.area(), request.algorithm());
        return key;
    }

    Objects.Loaded make(EkTemplate template) throws TpmException {
        String label = "the EK (" + template.label + ")";
        return guard.run(
                HIERARCHY,
                () -> objects.primary(label, Ref.ENDORSEMENT, endorsementAuth, template.area()));
    }

    private static void requireKind(String label, PublicArea area, EncryptionAlgorithm wanted)
            throws TpmException {
        boolean fits =
                switch (area.key()) {
                    case PublicArea.Key.Rsa rsa -> wanted.isRsa() && rsa.bits() == wanted.bits();
                    case PublicArea.Key.Ecc ecc -> ecc.curveId() == wanted.curveId();
                    case PublicArea.Key.KeyedHash _ -> false;
                };
        if (!fits) {
            throw new TpmException.KeyMismatch(
                    label
                            + ": not of the configured kind (expected: "
                            + wanted.keylimeName()
                            + ") - correct the algorithm or the handle");
        }
    }

    /** Something done with an EK's authorization. */
    interface Use<T> {
        T with(Authorization authorization) throws TpmException;
    }

    /** Runs {@code use} with a fresh authorization of the EK's user role. */
    <T> T authorized(PublicArea ek, Use<T> use) throws TpmException {
        EkPolicy policy = EkPolicy.of(ek);
        if (policy == EkPolicy.PASSWORD) {
            return use.with(Authorization.EMPTY);
        }
        try (Lease session = sessions.policy(ek.nameHash())) {
            guard.run(HIERARCHY, () -> policySecret(session.ref()));
            if (policy == EkPolicy.B) {
                policyOr(session.ref(), ek);
            }
            return use.with(new Authorization.Policy(session.ref().handle()));
        }
    }

    private Ref policySecret(Ref session) throws TpmException {
        byte[] none = {};
        TPM_HANDLE zero = new TPM_HANDLE(0);
        try (Sessions.Held held = sessions.authorization(endorsementAuth)) {
            Response response =
                    engine.run(
                            Command.of(
                                            "TPM2_PolicySecret of the endorsement hierarchy",
                                            TPM_CC.PolicySecret,
                                            new TPM2_PolicySecret_REQUEST(
                                                    zero, zero, none, none, none, 0))
                                    .on(Ref.ENDORSEMENT, session)
                                    .with(held.authorization()));
            var in = response.reader();
            in.sized(MAX_TIMEOUT);
            in.u16();
            in.i32();
            in.sized(MAX_DIGEST);
            in.end();
            return session;
        }
    }

    private void policyOr(Ref session, PublicArea ek) throws TpmException {
        TPM2B_DIGEST[] branches = {
            new TPM2B_DIGEST(EkPolicy.policyA(ek.nameHash())),
            new TPM2B_DIGEST(EkPolicy.policyC(ek.nameHash()))
        };
        engine.run(
                        Command.of(
                                        "TPM2_PolicyOR of the EK",
                                        TPM_CC.PolicyOR,
                                        new TPM2_PolicyOR_REQUEST(new TPM_HANDLE(0), branches))
                                .on(session))
                .reader()
                .end();
    }
}
