// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Issues the agent's self-signed certificate. Apart, so that a host with a certificate never loads
 * the library.
 *
 * @param agentId common name
 * @param contact address or host name that servers use; one more alternative name
 * @param validity from now on
 */
public record SelfSigned(String agentId, String contact, Duration validity, Clock clock) {
    private static final int SERIAL_BITS = 127;

    /** A server's clock may lag behind ours. */
    private static final Duration CLOCK_SKEW = Duration.ofHours(1);

    static PrivateKey newKey(SecureRandom random) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair().getPrivate();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has P-256", e);
        }
    }

    static String signatureName(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "RSASSA-PSS" -> "RSASSA-PSS";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
    }

    /** A certificate of that key, valid under it. */
    X509Certificate issue(PrivateKey key, SecureRandom random) throws IdentityException {
        try {
            SubjectPublicKeyInfo publicKey = PublicKeys.of(key);
            var signer =
                    new JcaContentSignerBuilder(signatureName(key))
                            .setSecureRandom(random)
                            .build(key);
            var certificate =
                    new JcaX509CertificateConverter()
                            .getCertificate(builder(publicKey, random).build(signer));
            certificate.verify(certificate.getPublicKey());
            return certificate;
        } catch (OperatorCreationException | CertIOException | GeneralSecurityException e) {
            throw new IdentityException(
                    "server certificate: cannot be made - " + e.getMessage(), e);
        }
    }

    private X509v3CertificateBuilder builder(SubjectPublicKeyInfo publicKey, SecureRandom random)
            throws CertIOException {
        var name = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, agentId).build();
        Instant now = clock.instant();
        var builder =
                new X509v3CertificateBuilder(
                        name,
                        new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1),
                        Date.from(now.minus(CLOCK_SKEW)),
                        Date.from(now.plus(validity)),
                        name,
                        publicKey);
        var identifiers = new BcX509ExtensionUtils();
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        builder.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                identifiers.createSubjectKeyIdentifier(publicKey));
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                identifiers.createAuthorityKeyIdentifier(publicKey));
        return builder.addExtension(Extension.subjectAlternativeName, false, names());
    }

    private GeneralNames names() {
        Set<GeneralName> names = new LinkedHashSet<>();
        names.add(new GeneralName(GeneralName.dNSName, "localhost"));
        names.add(new GeneralName(GeneralName.dNSName, "localhost.domain"));
        names.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
        names.add(new GeneralName(GeneralName.iPAddress, "::1"));
        String bare = contact.startsWith("[") ? contact.replaceAll("[\\[\\]]", "") : contact;
        if (!bare.isEmpty()) {
            names.add(
                    new GeneralName(
                            IPAddress.isValid(bare) ? GeneralName.iPAddress : GeneralName.dNSName,
                            bare));
        }
        return new GeneralNames(names.toArray(GeneralName[]::new));
    }
}
