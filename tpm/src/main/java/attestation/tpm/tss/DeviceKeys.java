// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.Auth;
import attestation.tpm.Certification;
import attestation.tpm.DeviceKeyRequest;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.SigningAlgorithm;
import attestation.tpm.TpmException;
import attestation.tpm.wire.AttestHead;
import attestation.tpm.wire.PublicArea;
import attestation.tpm.wire.Signatures;
import attestation.tpm.wire.TpmReader;

import tss.tpm.TPM2_Certify_REQUEST;
import tss.tpm.TPMS_NULL_SIG_SCHEME;
import tss.tpm.TPMT_PUBLIC;
import tss.tpm.TPMT_SYM_DEF_OBJECT;
import tss.tpm.TPM_CC;
import tss.tpm.TPM_HANDLE;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** IDevID and IAK (TCG TPM 2.0 Keys for Device Identity and Attestation, §7.3). */
final class DeviceKeys {
    private static final int IDEVID_ATTRIBUTES = 0x000400f2;
    private static final int IAK_ATTRIBUTES = 0x000500f2;
    private static final int ST_ATTEST_CERTIFY = 0x8017;
    private static final int MAX_ATTEST = 1024;
    private static final int MAX_NAME = 66;

    private final Engine engine;
    private final Sessions sessions;
    private final Objects objects;
    private final Optional<Auth> endorsementAuth;
    private final AuthGuard guard;

    DeviceKeys(
            Engine engine,
            Sessions sessions,
            Objects objects,
            Optional<Auth> endorsementAuth,
            AuthGuard guard) {
        this.guard = guard;
        this.engine = engine;
        this.sessions = sessions;
        this.objects = objects;
        this.endorsementAuth = endorsementAuth;
    }

    PublicArea describe(DeviceKeyRequest request) throws TpmException {
        try (Objects.Loaded key = load(request)) {
            return key.area();
        }
    }

    /** Certifies a loaded key by a device key. */
    Certification certify(DeviceKeyRequest by, Objects.Loaded subject, byte[] qualifyingData)
            throws TpmException {
        try (Objects.Loaded signer = load(by);
                Sessions.Held held = sessions.authorization(by.auth())) {
            Command certify =
                    Command.of(
                                    "TPM2_Certify by the " + by.kind().label(),
                                    TPM_CC.Certify,
                                    new TPM2_Certify_REQUEST(
                                            new TPM_HANDLE(0),
                                            new TPM_HANDLE(0),
                                            qualifyingData,
                                            new TPMS_NULL_SIG_SCHEME()))
                            .on(subject.ref(), signer.ref())
                            .with(Authorization.EMPTY, held.authorization());
            Response response = guard.run(by.kind().label(), () -> engine.run(certify));
            return checked(response, subject, signer, qualifyingData);
        }
    }

    private static Certification checked(
            Response response, Objects.Loaded subject, Objects.Loaded signer, byte[] data)
            throws TpmException {
        TpmReader in = response.reader();
        byte[] attest = in.sized(MAX_ATTEST);
        PublicArea area = signer.area();
        byte[] signature =
                Signatures.take(in, response.parameters(), area.scheme(), area.schemeHash());
        in.end();
        TpmReader body = new TpmReader("TPMS_ATTEST", attest);
        AttestHead head = AttestHead.read(body, ST_ATTEST_CERTIFY);
        byte[] name = body.sized(MAX_NAME);
        body.sized(MAX_NAME);
        body.end();
        if (!Arrays.equals(head.extraData(), data)
                || !Arrays.equals(head.qualifiedSigner(), signer.qualifiedName())
                || !Arrays.equals(name, subject.ref().name())) {
            throw body.bad("other data, signer or key than asked for");
        }
        return new Certification(attest, signature);
    }

    private Objects.Loaded load(DeviceKeyRequest request) throws TpmException {
        String label = "the " + request.kind().label();
        if (request.persistentHandle().isPresent()) {
            return objects.persistent(label, request.persistentHandle().getAsInt());
        }
        return guard.run(
                EndorsementKeys.HIERARCHY,
                () -> objects.primary(label, Ref.ENDORSEMENT, endorsementAuth, template(request)));
    }

    private static TPMT_PUBLIC template(DeviceKeyRequest request) {
        boolean iak = request.kind() == DeviceKeyRequest.Kind.IAK;
        HashAlgorithm hash = request.nameAlg();
        int attributes = iak ? IAK_ATTRIBUTES : IDEVID_ATTRIBUTES;
        byte[] policy = HexFormat.of().parseHex(iak ? iakPolicy(hash) : idevidPolicy(hash));
        byte[] unique = (iak ? "IAK" : "IDEVID").getBytes(StandardCharsets.US_ASCII);
        TPMT_SYM_DEF_OBJECT none = new TPMT_SYM_DEF_OBJECT();
        if (request.algorithm().isRsa()) {
            var scheme =
                    iak ? Templates.scheme(SigningAlgorithm.RSAPSS, hash) : Templates.noScheme();
            int bits = request.algorithm().bits();
            return Templates.rsa(hash, attributes, policy, none, scheme, bits, unique);
        }
        var ecdsa = Templates.scheme(SigningAlgorithm.ECDSA, hash);
        int curve = request.algorithm().curveId();
        return Templates.ecc(hash, attributes, policy, none, ecdsa, curve, unique);
    }

    private static String idevidPolicy(HashAlgorithm hash) {
        return switch (hash) {
            case SHA384 ->
                    "4db1aa836d0b5615df6ee53a40ef70c61c217f4303d44695925972bc927006cf"
                            + "a5cbdf6dc18c4dbe329b2f1542c3dd33";
            case SHA512 ->
                    "7dd7500fd6c1b94f97a6af910da147301ef28f662fee06f225a4ccadda3b4e6b"
                            + "38e66b2f3ad5dee1a0503cd2daedb1e68cfe4f84b03a8cd22bb6a976f071a72f";
            case SHA1, SHA256, SM3_256 ->
                    "ad6b3a2284fd698a0710bf5cc1b9bdf15e2532e3f601fa4b93a6a8fa8de579ea";
        };
    }

    private static String iakPolicy(HashAlgorithm hash) {
        return switch (hash) {
            case SHA384 ->
                    "129d94ebf84556652c6eef43bbb757512ac87e52be7b349ca6ce4d826f749fcf"
                            + "672f51716c5cbb605f313bf345aab312";
            case SHA512 ->
                    "8060d1fb31716a29e48a6e5fece088bcfc1b278fc162255e81c3eca3544cd44a"
                            + "f94410c3715d561cccd9e39a6cb2646d43535bb54ea88710deb5f7836bd9b586";
            case SHA1, SHA256, SM3_256 ->
                    "5437182326e414fca797d5f174615a1641f61255797c3a2b22c21d120b2d1e07";
        };
    }
}
