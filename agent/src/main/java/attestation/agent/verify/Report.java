// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The outcome of one verification.
 *
 * @param subject what was verified: the URL or the folder
 * @param verdict worst of the checks
 * @param checks in the order they were made; the first failure is the last check
 * @param facts values read from the evidence, in the order to show; String, Long or Boolean
 */
public record Report(
        String subject, Verdict verdict, List<Check> checks, Map<String, Object> facts) {
    public Report {
        checks = List.copyOf(checks);
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    /** The check that refuted the evidence, or else the first that left it undecided. */
    public Optional<Check> cause() {
        return first(Check.Result.FAILED).or(() -> first(Check.Result.UNDECIDED));
    }

    private Optional<Check> first(Check.Result result) {
        return checks.stream().filter(check -> check.result() == result).findFirst();
    }
}
