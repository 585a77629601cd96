// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;

import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an EK certificate says, unverified; text is escaped.
 *
 * @param subject of its directory names where the subject itself is empty, as is usual
 * @param strictDer whether it is encoded as DER demands; some vendors' are not, and strict readers
 *     refuse them
 */
record EkCertificateFacts(
        String subject, String issuer, Instant notBefore, Instant notAfter, boolean strictDer) {

    /** Empty when the bytes are no certificate. */
    static Optional<EkCertificateFacts> of(byte[] bytes) {
        try {
            X509CertificateHolder certificate = new X509CertificateHolder(bytes);
            return Optional.of(
                    new EkCertificateFacts(
                            subject(certificate),
                            Terminal.escape(certificate.getIssuer().toString()),
                            certificate.getNotBefore().toInstant(),
                            certificate.getNotAfter().toInstant(),
                            strict(bytes)));
        } catch (IOException | RuntimeException e) {
            return Optional.empty(); // the decoder throws many kinds at what is none
        }
    }

    private static boolean strict(byte[] bytes) throws IOException {
        return Arrays.equals(
                ASN1Primitive.fromByteArray(bytes).getEncoded(ASN1Encoding.DER), bytes);
    }

    private static String subject(X509CertificateHolder certificate) {
        String subject = certificate.getSubject().toString();
        return Terminal.escape(subject.isEmpty() ? alternative(certificate) : subject);
    }

    private static String alternative(X509CertificateHolder certificate) {
        GeneralNames names =
                GeneralNames.fromExtensions(
                        certificate.getExtensions(), Extension.subjectAlternativeName);
        return names == null
                ? ""
                : Stream.of(names.getNames())
                        .filter(name -> name.getTagNo() == GeneralName.directoryName)
                        .map(name -> name.getName().toString())
                        .collect(Collectors.joining(" "));
    }
}
