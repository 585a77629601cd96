// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import attestation.agent.identity.AgentData;
import attestation.agent.identity.IdentityException;
import attestation.agent.identity.PayloadKey;
import attestation.agent.identity.ServerIdentity;
import attestation.agent.identity.StateDirectory;
import attestation.agent.identity.StateFile;
import attestation.config.AgentConfig;
import attestation.config.value.AgentId;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at who a host is for Keylime, and whether it will be the same to ours. Writes nothing. */
final class Identity {
    private static final Duration SOON = Duration.ofDays(60);

    private final AgentConfig config;
    private final StateDirectory state;
    private final Clock clock;
    private final List<Finding> findings = new ArrayList<>();

    Identity(AgentConfig config, Clock clock) {
        this.config = config;
        this.state = new StateDirectory(config.agent().stateDir(), clock);
        this.clock = clock;
    }

    List<Finding> look() {
        agentId();
        attestationKey();
        certificate();
        payloadKey();
        return findings;
    }

    private void agentId() {
        boolean same =
                switch (config.agent().uuid()) {
                    case AgentId.Fixed fixed -> fixed.isUuid();
                    case AgentId.Source source -> source == AgentId.Source.HASH_EK;
                };
        if (same) {
            note("agent id: " + config.agent().uuid() + " stays");
        } else {
            lost(
                    "uuid: %s - Keylime's agent takes a random id at each start, ours keeps one; the host has a new id afterwards: enrol it under the one that agent identity tells"
                            .formatted(config.agent().uuid()));
        }
    }

    private void attestationKey() {
        StateFile file = state.file(config.tpm().agentDataPath());
        try {
            Optional<AgentData> data = AgentData.peek(file);
            if (data.isEmpty()) {
                lost(
                        file
                                + ": not there, so the host gets a new AK; delete it at the registrar"
                                + " (keylime_tenant -c regdelete) and enrol it anew");
            } else if (!fits(data.get())) {
                inTheWay(
                        "%s: its AK is %s %s (expected: as configured, %s %s); Keylime's agent would make a new one at its next start: put the algorithms right first"
                                .formatted(
                                        file,
                                        data.get().hashAlg(),
                                        data.get().signAlg(),
                                        config.tpm().hashAlg(),
                                        config.tpm().signingAlg()));
            } else {
                note("AK: " + file + " goes over");
            }
        } catch (IOException | IdentityException e) {
            inTheWay(text(e));
        }
    }

    private boolean fits(AgentData data) {
        return data.fits(
                AgentData.hashName(config.tpm().hashAlg()),
                AgentData.signName(config.tpm().signingAlg()),
                data.ekHash());
    }

    private void certificate() {
        if (!config.https().mutualTls()) {
            lost(
                    "enable_agent_mtls: off - anyone may ask, and ours takes no keys or payloads then");
            return;
        }
        attestation.config.ServerIdentity names = config.https().identity();
        StateFile key = state.file(names.key());
        StateFile certificate = state.file(names.certificate());
        if (!key.exists() && !certificate.exists()) {
            lost(
                    certificate
                            + ": not there, so a new certificate is made; the verifier pins the"
                            + " certificate: add the host again (keylime_tenant -c update)");
            return;
        }
        try {
            ServerIdentity identity =
                    ServerIdentity.load(key, names.keyPassword().reveal(), certificate);
            age(identity.certificate().getNotAfter().toInstant(), certificate);
        } catch (IOException | IdentityException e) {
            inTheWay(text(e));
        }
    }

    private void age(Instant end, StateFile certificate) {
        Duration left = Duration.between(clock.instant(), end);
        if (left.compareTo(SOON) < 0) {
            lost(
                    "%s: ends %s; it goes over as it is, and must be replaced then: move key and certificate away, restart, and add the host again (keylime_tenant -c update)"
                            .formatted(certificate, end));
        } else {
            note("certificate: %s goes over, it ends %s".formatted(certificate, end));
        }
    }

    private void payloadKey() {
        StateFile file = state.file(config.payload().key());
        if (!file.exists()) {
            lost(
                    file
                            + ": not there, so a new payload key is made; a verifier that asks with"
                            + " partial=1 then sees another key than before: reactivate the host"
                            + " there (keylime_tenant -c reactivate)");
            return;
        }
        try {
            // It is there, so nothing is made.
            PayloadKey.loadOrCreate(
                    file, config.payload().keyPassword().reveal(), new SecureRandom());
            note("payload key: " + file + " goes over");
        } catch (IOException | IdentityException e) {
            inTheWay(text(e));
        }
    }

    private static String text(Exception e) {
        return e instanceof IOException ? e.toString() : String.valueOf(e.getMessage());
    }

    private void note(String text) {
        findings.add(new Finding(Finding.Level.NOTE, text));
    }

    private void lost(String text) {
        findings.add(new Finding(Finding.Level.LOST, text));
    }

    private void inTheWay(String text) {
        findings.add(new Finding(Finding.Level.IN_THE_WAY, text));
    }
}
