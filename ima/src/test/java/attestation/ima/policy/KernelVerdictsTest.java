// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.ima.policy.Requirement.Need;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A real kernel was asked about each rule, its answer is the expected value. */
class KernelVerdictsTest {
    private static final String FILE = "/attestation/ima/policy/verdicts-linux-6.1";

    @Test
    void parse_everyRule_isJudgedAsTheKernelDid() throws IOException {
        List<String> wrong = new ArrayList<>();
        int accepted = 0;
        int refused = 0;
        for (String line : lines()) {
            int tab = line.indexOf('\t');
            String rule = line.substring(tab + 1);
            boolean kernel = line.startsWith("ok\t");
            accepted += kernel ? 1 : 0;
            refused += kernel ? 0 : 1;
            if (accepts(rule) != kernel) {
                wrong.add(line);
            }
        }
        assertEquals(List.of(), wrong);
        assertEquals("143 and 250", accepted + " and " + refused);
    }

    @Test
    void parse_everyRefusedRule_namesLineAndReason() throws IOException {
        for (String line : lines()) {
            String rule = line.substring(line.indexOf('\t') + 1);
            Policy policy = PolicyParser.parse(("measure\n" + rule + "\n").getBytes(latin()));
            for (Problem problem : policy.problems()) {
                assertEquals(2, problem.line(), rule);
                assertTrue(!problem.message().isBlank(), rule);
            }
        }
    }

    private static boolean accepts(String rule) {
        if (rule.strip().startsWith("#")) {
            return PolicyParser.parse((rule + "\nmeasure\n").getBytes(latin()))
                    .problems()
                    .isEmpty();
        }
        Policy policy = PolicyParser.parse((rule + "\n").getBytes(latin()));
        return policy.problems().isEmpty()
                && policy.requirements().stream()
                        .allMatch(requirement -> debian12(requirement.need()));
    }

    /** That kernel: 6.1, no appended signatures, AppArmor, keys measured. */
    private static boolean debian12(Need need) {
        return switch (need) {
            case Need.Version version -> version.major() * 100 + version.minor() <= 601;
            case Need.Option option -> option.name().equals("CONFIG_IMA_MEASURE_ASYMMETRIC_KEYS");
            case Need.Labels _ -> false;
        };
    }

    private static List<String> lines() throws IOException {
        try (InputStream in = KernelVerdictsTest.class.getResourceAsStream(FILE)) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), latin());
            return text.lines().filter(line -> !line.startsWith("#")).toList();
        }
    }

    private static java.nio.charset.Charset latin() {
        return StandardCharsets.ISO_8859_1;
    }
}
