// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads a policy line by line, as the kernel does; immutable. */
public final class PolicyParser {
    /** Most bytes of a policy; the kernel's own limit is INT_MAX. */
    public static final int MAX_BYTES = 1 << 20;

    private static final int MAX_PROBLEMS = 100;

    private PolicyParser() {}

    /** Reads all lines; a comment starts its line with {@code #}. */
    public static Policy parse(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            Problem tooLarge =
                    new Problem(
                            1,
                            bytes.length + " bytes (expected: at most " + MAX_BYTES + ")",
                            "",
                            List.of());
            return new Policy(List.of(), List.of(tooLarge), List.of());
        }
        List<Rule> rules = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        List<Requirement> requirements = new ArrayList<>();
        String[] lines = new String(bytes, StandardCharsets.ISO_8859_1).split("\n", -1);
        for (int i = 0; i < lines.length && problems.size() < MAX_PROBLEMS; i++) {
            if (!isComment(lines[i])) {
                line(i + 1, lines[i], rules, problems, requirements);
            }
        }
        if (rules.isEmpty() && problems.isEmpty()) {
            problems.add(
                    new Problem(
                            Math.max(1, lines.length - 1),
                            "no rule (expected: at least one; the kernel refuses an empty policy)",
                            "",
                            List.of()));
        }
        return new Policy(rules, problems, requirements);
    }

    private static boolean isComment(String line) {
        int at = 0;
        while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
            at++;
        }
        return at == line.length() || line.charAt(at) == '#';
    }

    private static void line(
            int number,
            String text,
            List<Rule> rules,
            List<Problem> problems,
            List<Requirement> requirements) {
        RuleBuilder builder = new RuleBuilder(number, text);
        try {
            for (String word : text.split("[ \t]", -1)) {
                if (!word.isEmpty()) {
                    Words.read(word, builder);
                }
            }
            rules.add(builder.build());
            requirements.addAll(builder.requirements());
        } catch (RefusedException e) {
            problems.add(e.problem(number));
        }
    }
}
