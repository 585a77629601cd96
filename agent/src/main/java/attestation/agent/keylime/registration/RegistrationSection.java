// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import attestation.agent.status.Health;
import attestation.agent.status.Section;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells apart: not registered and why, never polled, polled, silent since. */
final class RegistrationSection {
    private record Verdict(Health health, String reason, String next) {}

    private final RegistrationSettings settings;
    private final Polls polls;

    RegistrationSection(RegistrationSettings settings, Polls polls) {
        this.settings = settings;
        this.polls = polls;
    }

    Section of(RegistrationState state) {
        Verdict verdict = verdict(state);
        return new Section(
                "registration",
                "Registration",
                verdict.health(),
                verdict.reason(),
                verdict.next(),
                fields(state));
    }

    private Verdict verdict(RegistrationState state) {
        Optional<RegistrationState.Failure> failure = state.failure();
        if (failure.isPresent() && needsPerson(failure.get())) {
            return new Verdict(Health.FAILING, failure.get().reason(), remedy(failure.get()));
        }
        if (!state.isRegistered()) {
            String reason =
                    failure.map(f -> "not registered: " + f.reason()).orElse("not registered yet");
            return new Verdict(Health.DEGRADED, reason, failure.map(this::remedy).orElse(""));
        }
        return polledVerdict();
    }

    private Verdict polledVerdict() {
        if (polls.last().isEmpty()) {
            return new Verdict(
                    Health.DEGRADED,
                    "registered, but no verifier has asked since the agent started",
                    "if it is not enrolled yet: " + enrolCommand());
        }
        Optional<Duration> silence = polls.silence();
        return silence.map(
                        s ->
                                new Verdict(
                                        Health.DEGRADED,
                                        "no verifier has asked for %d s".formatted(s.toSeconds()),
                                        "see what the verifier thinks of this host: keylime_tenant -c status -u "
                                                + settings.agentId()))
                .orElse(new Verdict(Health.OK, "", ""));
    }

    private static boolean needsPerson(RegistrationState.Failure failure) {
        return switch (failure.kind()) {
            case FORBIDDEN, REJECTED -> true;
            case UNREACHABLE, GARBLED, TPM -> false;
        };
    }

    private String remedy(RegistrationState.Failure failure) {
        return switch (failure.kind()) {
            case FORBIDDEN ->
                    "the registrar knows this id with another TPM, AK or EK certificate; if the change is meant: keylime_tenant -c regdelete -u "
                            + settings.agentId()
                            + ", then restart the agent";
            case REJECTED -> "the registrar's log says what it did not accept";
            case UNREACHABLE ->
                    "check that the registrar runs and can be reached from here: curl http%s://%s/version"
                            .formatted(
                                    settings.registrar().tls().isPresent() ? "s" : "",
                                    settings.registrar().authority());
            case GARBLED -> "check that a Keylime registrar listens there";
            case TPM -> "see the TPM's own section";
        };
    }

    /** The tenant's command that enrols this host. */
    private String enrolCommand() {
        return "keylime_tenant -c add -t %s -tp %d -u %s --runtime-policy POLICY.json"
                .formatted(settings.contactIp(), settings.contactPort(), settings.agentId());
    }

    private List<Section.Field> fields(RegistrationState state) {
        var fields = new ArrayList<Section.Field>();
        add(fields, "agent_id", "Agent id", settings.agentId());
        add(fields, "registrar", "Registrar", settings.registrar().authority());
        add(fields, "registered", "Registered", state.isRegistered());
        addIf(fields, "registered_at", "Registered at", Optional.ofNullable(state.registeredAt()));
        addIf(fields, "api_version", "API version", Optional.ofNullable(state.version()));
        add(fields, "failures_in_a_row", "Failures in a row", (long) state.failures());
        addIf(fields, "last_failure", "Last failure", state.failure().map(f -> f.reason()));
        addIf(
                fields,
                "next_attempt_at",
                "Next attempt",
                Optional.ofNullable(state.nextAttemptAt()));
        return List.copyOf(fields);
    }

    private static void addIf(
            List<Section.Field> fields, String key, String label, Optional<?> value) {
        value.ifPresent(v -> add(fields, key, label, v.toString()));
    }

    private static void add(List<Section.Field> fields, String key, String label, Object value) {
        fields.add(new Section.Field(key, label, value));
    }
}
