// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects checks in the order they are made. */
final class Findings {
    private final List<Check> checks = new ArrayList<>();
    private final Map<String, Object> facts = new LinkedHashMap<>();
    private String current = "start";

    /** Names the check that is made from now on; what is thrown belongs to it. */
    void enter(String check) {
        current = check;
    }

    void ok(String text) {
        add(Check.Result.OK, text);
    }

    void note(String text) {
        add(Check.Result.NOTE, text);
    }

    void undecided(String text) {
        add(Check.Result.UNDECIDED, text);
    }

    void failed(String text) {
        add(Check.Result.FAILED, text);
    }

    void fact(String name, Object value) {
        facts.put(name, value);
    }

    boolean refuted() {
        return has(Check.Result.FAILED);
    }

    Verdict verdict() {
        if (refuted()) {
            return Verdict.REFUTED;
        }
        return has(Check.Result.UNDECIDED) || !has(Check.Result.OK)
                ? Verdict.UNDECIDED
                : Verdict.VERIFIED;
    }

    Report report(String subject) {
        return new Report(subject, verdict(), checks, facts);
    }

    private boolean has(Check.Result result) {
        return checks.stream().anyMatch(check -> check.result() == result);
    }

    private void add(Check.Result result, String text) {
        checks.add(new Check(current, result, text));
    }
}
