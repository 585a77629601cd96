// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Reads a policy line by line, as the kernel does; immutable. */
public final class PolicyParser {
    /** Most bytes of a policy; the kernel's own limit is INT_MAX. */
    public static final int MAX_BYTES = 1 << 20;

    private static final int MAX_PROBLEMS = 100;

    private PolicyParser() {}

    /**
     * Reads a file as the kernel does when it is given its path: as {@link #parse}, and the last
     * line must end, no line with a NUL in it. PID 1 falls back to handing over line by line, but a
     * policy that must be signed has no other way.
     */
    public static Policy parseFile(byte[] bytes) {
        byte[] text = bytes.clone();
        if (text.length > 0 && text[text.length - 1] == 0) {
            text[text.length - 1] = '\n'; // the last byte may be either
        }
        Policy policy = parse(text);
        List<Problem> problems = new ArrayList<>(policy.problems());
        if (text.length > 0 && text.length <= MAX_BYTES) {
            ending(text).ifPresent(problems::add);
        }
        problems.sort(Comparator.comparingInt(Problem::line));
        return new Policy(policy.rules(), problems, policy.requirements());
    }

    /** The kernel counts line by line up to the file's size, and takes a NUL for an end. */
    private static Optional<Problem> ending(byte[] bytes) {
        int line = 1;
        for (int i = 0; i < bytes.length - 1; i++) {
            if (bytes[i] == 0) {
                return Optional.of(
                        problem(line, "a NUL byte (expected: text; the kernel reads no further)"));
            }
            line += bytes[i] == '\n' ? 1 : 0;
        }
        return bytes[bytes.length - 1] == '\n'
                ? Optional.empty()
                : Optional.of(
                        problem(
                                line,
                                "no newline at the end of the file (expected: one; the kernel"
                                        + " refuses the file without it)"));
    }

    private static Problem problem(int line, String message) {
        return new Problem(line, message, "", List.of());
    }

    /** Reads all lines; a comment starts its line with {@code #}. */
    public static Policy parse(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            Problem tooLarge = problem(1, "too large (expected: at most " + MAX_BYTES + " bytes)");
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
                    problem(
                            Math.max(1, lines.length - 1),
                            "no rule (expected: at least one; the kernel refuses an empty"
                                    + " policy)"));
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
            problems.add(
                    text.endsWith("\r")
                            ? problem(
                                    number,
                                    "a carriage return at the end (expected: a newline alone; sed"
                                            + " -i 's/\\r$//' FILE)")
                            : e.problem(number));
        }
    }
}
