// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.UnreadableException;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs checks. */
public final class Doctor {
    private Doctor() {}

    /** A check and what it found. */
    public record Result(Check check, Finding finding) {}

    /** Every check, in the order of the procedure. */
    public static List<Check> checks() {
        return Stream.of(
                        KernelChecks.all(),
                        ListChecks.all(),
                        TpmChecks.all(),
                        PolicyChecks.all(),
                        KeyChecks.all(),
                        BootChecks.all(),
                        AppraisalChecks.all(),
                        AuditChecks.all())
                .flatMap(List::stream)
                .toList();
    }

    /** Runs these checks; a defect of one is told as such and the others go on. */
    public static List<Result> run(List<Check> checks, Host host) {
        List<Result> results = new ArrayList<>();
        for (Check check : checks) {
            results.add(new Result(check, find(check, host)));
        }
        return results;
    }

    private static Finding find(Check check, Host host) {
        try {
            return check.probe().apply(host);
        } catch (UnreadableException e) {
            return Finding.unknown(String.valueOf(e.getMessage()), "sudo agent doctor");
        } catch (RuntimeException e) {
            return Finding.unknown("a defect of this check: " + e, "report it");
        }
    }

    /** 0 no problem, 1 a problem, 2 no problem seen but something essential could not be told. */
    public static int exitCode(List<Result> results) {
        if (results.stream().anyMatch(result -> result.finding().state() == State.PROBLEM)) {
            return 1;
        }
        boolean blind =
                results.stream()
                        .anyMatch(
                                result ->
                                        result.check().essential()
                                                && result.finding().state() == State.UNKNOWN);
        return blind ? 2 : 0;
    }
}
