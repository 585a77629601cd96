// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import attestation.agent.keylime.wire.Json;
import attestation.agent.keylime.wire.JsonException;
import attestation.agent.keylime.wire.Shown;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/**
 * What the registrar answered; nothing of it is trusted.
 *
 * @param headers names in lower case
 */
record HttpReply(int status, Map<String, String> headers, byte[] body) {
    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    boolean isSuccess() {
        return status / 100 == 2;
    }

    /** The {@code results} object of Keylime's envelope. */
    Map<String, @Nullable Object> results() throws RegistrarException {
        try {
            if (Json.readObject(body).get("results") instanceof Map<?, ?> results) {
                return asMembers(results);
            }
            throw new JsonException("no results object");
        } catch (JsonException e) {
            throw RegistrarException.garbled(
                    "registrar answered %d with %s (expected: Keylime's JSON); is it a registrar?"
                            .formatted(status, e.getMessage()));
        }
    }

    // The JSON reader makes objects with text keys only.
    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> asMembers(Map<?, ?> object) {
        return (Map<String, @Nullable Object>) object;
    }

    /** The envelope's {@code status} text, fit to be shown; empty when there is none. */
    String statusText() {
        try {
            return Json.readObject(body).get("status") instanceof String text
                    ? Shown.text(text)
                    : "";
        } catch (JsonException e) {
            return "";
        }
    }

    /** Retry-After in either form (RFC 9110, 10.2.3), between a second and an hour. */
    Optional<Duration> retryAfter(Clock clock) {
        String value = headers.getOrDefault("retry-after", "");
        if (value.matches("[0-9]{1,9}")) {
            return Optional.of(bounded(Duration.ofSeconds(Long.parseLong(value))));
        }
        try {
            var date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
            return Optional.of(bounded(Duration.between(clock.instant(), date.toInstant())));
        } catch (DateTimeException e) {
            return Optional.empty(); // none, or none that can be understood
        }
    }

    private static Duration bounded(Duration wait) {
        if (wait.compareTo(SHORTEST_WAIT) < 0) {
            return SHORTEST_WAIT;
        }
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }
}
