// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import attestation.agent.status.Health;
import attestation.agent.status.Section;
import attestation.agent.status.SectionSource;

import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * Publishes the age of the agent's certificate and warns 60 days before its end, with the steps.
 */
public final class CertificateSection implements SectionSource {
    private static final Duration WARN_BEFORE = Duration.ofDays(60);
    private static final String SELF_SIGNED_STEPS =
            "move server key and certificate away, restart the agent, then add this host at the verifier again (keylime_tenant -c update), since the verifier pins the certificate";
    private static final String ISSUED_STEPS =
            "have the CA issue a new certificate, put it in place and reload the agent (SIGHUP)";

    private final Supplier<ServerIdentity> identity;
    private final Clock clock;

    /**
     * @param identity the one that is served now
     */
    public CertificateSection(Supplier<ServerIdentity> identity, Clock clock) {
        this.identity = identity;
        this.clock = clock;
    }

    @Override
    public Section section() {
        X509Certificate certificate = identity.get().certificate();
        Instant now = clock.instant();
        Instant begin = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        if (now.isBefore(begin)) {
            return section(
                    certificate,
                    Health.FAILING,
                    "certificate is not valid before " + begin,
                    "check the clock of this host");
        }
        if (!now.isBefore(end)) {
            return section(
                    certificate,
                    Health.FAILING,
                    "certificate ended " + end + ", verifiers refuse it",
                    steps(certificate));
        }
        if (now.isAfter(end.minus(WARN_BEFORE))) {
            long days = Duration.between(now, end).toDays();
            return section(
                    certificate,
                    Health.DEGRADED,
                    "certificate ends in %d days, %s".formatted(days, end),
                    steps(certificate));
        }
        return section(certificate, Health.OK, "", "");
    }

    private static String steps(X509Certificate certificate) {
        return isSelfSigned(certificate) ? SELF_SIGNED_STEPS : ISSUED_STEPS;
    }

    private static boolean isSelfSigned(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    private Section section(
            X509Certificate certificate, Health health, String reason, String next) {
        long days =
                Duration.between(clock.instant(), certificate.getNotAfter().toInstant()).toDays();
        return new Section(
                "certificate",
                "Certificate",
                health,
                reason,
                next,
                List.of(
                        new Section.Field(
                                "subject",
                                "Subject",
                                certificate.getSubjectX500Principal().getName()),
                        new Section.Field(
                                "issuer",
                                "Issuer",
                                isSelfSigned(certificate)
                                        ? "itself"
                                        : certificate.getIssuerX500Principal().getName()),
                        new Section.Field(
                                "not_after",
                                "Valid until",
                                certificate.getNotAfter().toInstant().toString()),
                        new Section.Field("days_left", "Days left", days)));
    }
}
