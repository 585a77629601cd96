// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.agent.identity.IdentityException;
import attestation.agent.keylime.registration.TpmCredentials;
import attestation.agent.keylime.registration.TpmModuleCredentials;
import attestation.config.DeviceIdentity;
import attestation.config.value.Secret;
import attestation.tpm.Auth;
import attestation.tpm.DeviceKeyRequest;
import attestation.tpm.DeviceKeyRequest.Kind;
import attestation.tpm.EncryptionAlgorithm;
import attestation.tpm.Tpm;
import attestation.tpm.TpmException;
import attestation.tpm.wire.PublicArea;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * IDevID and IAK as configured: made again from the TCG's templates or taken at their handles, and
 * held against their certificates.
 */
final class DeviceKeys {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final int MAX_CERTIFICATE_BYTES = 64 * 1024;

    private final Tpm tpm;
    private final DeviceIdentity settings;

    DeviceKeys(Tpm tpm, DeviceIdentity settings) {
        this.tpm = tpm;
        this.settings = settings;
    }

    /** The keys, when they are to be used. */
    Optional<TpmModuleCredentials.Device> find()
            throws TpmException, IOException, IdentityException, InterruptedException {
        if (!settings.enabled()) {
            return Optional.empty();
        }
        Optional<X509Certificate> iakCertificate = certificate(settings.iak());
        Optional<X509Certificate> idevidCertificate = certificate(settings.idevid());
        DeviceKeyRequest iak = request(Kind.IAK, settings.iak(), iakCertificate);
        DeviceKeyRequest idevid = request(Kind.IDEVID, settings.idevid(), idevidCertificate);
        return Optional.of(
                new TpmModuleCredentials.Device(
                        iak,
                        new TpmCredentials.DeviceKeys(
                                publicOf(iak, iakCertificate),
                                publicOf(idevid, idevidCertificate),
                                encoded(iakCertificate),
                                encoded(idevidCertificate))));
    }

    private byte[] publicOf(DeviceKeyRequest request, Optional<X509Certificate> certificate)
            throws TpmException, InterruptedException, IdentityException {
        PublicArea area = tpm.deviceKey(request, TIMEOUT);
        byte[] key = area.subjectPublicKeyInfo().orElse(new byte[0]);
        if (certificate.isPresent()
                && !Arrays.equals(certificate.get().getPublicKey().getEncoded(), key)) {
            throw new IdentityException(
                    "%s certificate: its key is not the TPM's %s (expected: the certificate of this device, or another template or handle)"
                            .formatted(request.kind().label(), request.kind().label()));
        }
        return area.sized();
    }

    private DeviceKeyRequest request(
            Kind kind, DeviceIdentity.DeviceKey key, Optional<X509Certificate> certificate)
            throws IdentityException {
        Secret password = key.password();
        Optional<Auth> auth =
                password.isEmpty() ? Optional.empty() : Optional.of(Auth.parse(password.reveal()));
        return new DeviceKeyRequest(kind, algorithm(certificate), key.handle(), auth);
    }

    private EncryptionAlgorithm algorithm(Optional<X509Certificate> certificate)
            throws IdentityException {
        return switch (settings.template()) {
            case "detect" ->
                    certificate.isPresent() ? of(certificate.get()) : EncryptionAlgorithm.RSA2048;
            case "manual" -> manual();
            default ->
                    DeviceKeyRequest.algorithmOf(settings.template())
                            .orElseThrow(
                                    () ->
                                            new IdentityException(
                                                    "iak_idevid_template: %s (expected: one that this agent makes, H-1 to H-4)"
                                                            .formatted(settings.template())));
        };
    }

    private EncryptionAlgorithm manual() throws IdentityException {
        boolean rsa = settings.asymmetricAlg().equals("rsa");
        return switch (settings.nameAlg()) {
            case "sha256" -> rsa ? EncryptionAlgorithm.RSA2048 : EncryptionAlgorithm.ECC256;
            case "sha384" -> rsa ? EncryptionAlgorithm.RSA3072 : EncryptionAlgorithm.ECC384;
            case "sha512" -> rsa ? EncryptionAlgorithm.RSA4096 : EncryptionAlgorithm.ECC521;
            default ->
                    throw new IdentityException(
                            "iak_idevid_name_alg: %s (expected: sha256, sha384 or sha512)"
                                    .formatted(settings.nameAlg()));
        };
    }

    private static EncryptionAlgorithm of(X509Certificate certificate) throws IdentityException {
        int bits =
                switch (certificate.getPublicKey()) {
                    case RSAPublicKey rsa -> rsa.getModulus().bitLength();
                    case ECPublicKey ec -> ec.getParams().getCurve().getField().getFieldSize();
                    default -> 0;
                };
        return switch (bits) {
            case 2048 -> EncryptionAlgorithm.RSA2048;
            case 3072 -> EncryptionAlgorithm.RSA3072;
            case 4096 -> EncryptionAlgorithm.RSA4096;
            case 256 -> EncryptionAlgorithm.ECC256;
            case 384 -> EncryptionAlgorithm.ECC384;
            case 521 -> EncryptionAlgorithm.ECC521;
            default ->
                    throw new IdentityException(
                            "device certificate: key of %d bits (expected: RSA 2048, 3072, 4096 or P-256, P-384, P-521)"
                                    .formatted(bits));
        };
    }

    private static Optional<X509Certificate> certificate(DeviceIdentity.DeviceKey key)
            throws IOException, IdentityException {
        if (key.certificate().isEmpty()) {
            return Optional.empty();
        }
        Path file = key.certificate().get();
        if (Files.notExists(file)) {
            throw new IdentityException(
                    file
                            + ": there is no such file (expected: the device's certificate, or an empty"
                            + " setting to go without)");
        }
        if (Files.size(file) > MAX_CERTIFICATE_BYTES) {
            throw new IdentityException(
                    "%s: %d bytes (expected: one certificate, DER or PEM)"
                            .formatted(file, Files.size(file)));
        }
        try {
            var bytes = new ByteArrayInputStream(Files.readAllBytes(file));
            return Optional.of(
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(bytes));
        } catch (CertificateException e) {
            throw new IdentityException(
                    file + ": " + e.getMessage() + " (expected: a certificate, DER or PEM)", e);
        }
    }

    private static Optional<byte[]> encoded(Optional<X509Certificate> certificate)
            throws IdentityException {
        if (certificate.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(certificate.get().getEncoded());
        } catch (CertificateException e) {
            throw new IdentityException("device certificate: " + e.getMessage(), e);
        }
    }
}
