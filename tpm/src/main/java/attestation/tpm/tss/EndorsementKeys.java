// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.Auth;
import attestation.tpm.EkRequest;
import attestation.tpm.EncryptionAlgorithm;
import attestation.tpm.EndorsementKey;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;
import attestation.tpm.TpmException.CommandFailed;
import attestation.tpm.wire.PublicArea;

import java.util.Optional;

/** Endorsement keys: made from a TCG template or taken where they are, and how they are used. */
final class EndorsementKeys {
    /** Whose password the guard remembers. */
    static final String HIERARCHY = "endorsement hierarchy";

    private final Sessions sessions;
    private final Policies policies;
    private final PolicyIndex policyIndex;
    private final Objects objects;
    private final EkCertificates certificates;
    private final Optional<Auth> endorsementAuth;
    private final AuthGuard guard;

    EndorsementKeys(
            Sessions sessions,
            Policies policies,
            PolicyIndex policyIndex,
            Objects objects,
            EkCertificates certificates,
            Optional<Auth> endorsementAuth,
            AuthGuard guard) {
        this.guard = guard;
        this.sessions = sessions;
        this.policies = policies;
        this.policyIndex = policyIndex;
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
        EkTemplate template = EkTemplate.matching(area).orElse(EkTemplate.of(request.algorithm()));
        EkCertificates.Found found = certificates.at(template.certificateIndex());
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
        HashAlgorithm hash = ek.nameHash();
        return switch (EkPolicy.of(ek)) {
            case PASSWORD -> use.with(Authorization.EMPTY);
            case A -> {
                try (Lease session = byHierarchy(hash)) {
                    yield use.with(new Authorization.Policy(session.ref().handle()));
                }
            }
            case B -> {
                try (Lease session = byHierarchyOrIndex(hash)) {
                    byte[] a = EkPolicy.policyA(hash);
                    policies.or("the EK", session.ref(), a, EkPolicy.policyC(hash));
                    yield use.with(new Authorization.Policy(session.ref().handle()));
                }
            }
        };
    }

    /** A session with PolicyA. */
    private Lease byHierarchy(HashAlgorithm hash) throws TpmException {
        return sessions.policy(
                hash, session -> guard.run(HIERARCHY, () -> hierarchyKnown(session)));
    }

    private Ref hierarchyKnown(Ref session) throws TpmException {
        policies.secret(HIERARCHY, Ref.ENDORSEMENT, endorsementAuth, session);
        return session;
    }

    /** Who does not have the endorsement password may have been let in by the owner. */
    private Lease byHierarchyOrIndex(HashAlgorithm hash) throws TpmException {
        try {
            return byHierarchy(hash);
        } catch (CommandFailed e) {
            if (!AuthGuard.wrongPassword(e)) {
                throw e;
            }
            return policyIndex.session(hash).orElseThrow(() -> e);
        }
    }
}
