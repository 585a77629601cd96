// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

class ImaPolicyCommandTest {
    @TempDir Path folder;

    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();

    private int run(String... arguments) {
        return CommandLines.of(
                        StandardHooks.hooks(),
                        new PrintStream(outBytes, true, StandardCharsets.UTF_8),
                        new PrintStream(errBytes, true, StandardCharsets.UTF_8))
                .execute(arguments);
    }

    private String out() {
        return outBytes.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return errBytes.toString(StandardCharsets.UTF_8);
    }

    private String policy(String text) throws IOException {
        return Files.writeString(folder.resolve("policy"), text).toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"remote-attestation", "appraise-signed"})
    void check_policyThatIsShipped_isAccepted(String name) {
        Path shipped = Path.of("..", "packaging", "ima-policies", name);
        assertEquals(0, run("ima", "policy", "check", shipped.toString()), err());
    }

    @Test
    void check_shippedMeasurementPolicy_leavesNoProgramOut() {
        Path shipped = Path.of("..", "packaging", "ima-policies", "remote-attestation");
        run("ima", "policy", "check", shipped.toString());
        assertTrue(out().contains("always  programs that are executed (BPRM_CHECK)"), out());
        assertTrue(out().contains("always  kernel modules (MODULE_CHECK)"), out());
    }

    @Test
    void check_refusedLines_areAllNamedWithNearestWord() throws IOException {
        String policy = policy("measure func=BPRM_CHEK\nmeasure\nmesure\n");
        assertEquals(1, run("ima", "policy", "check", policy));
        assertTrue(err().contains(policy + ":1: func: BPRM_CHEK (expected: "), err());
        assertTrue(err().contains("; nearest: BPRM_CHECK"), err());
        assertTrue(err().contains(policy + ":3: unknown word: mesure; nearest: measure"), err());
        assertEquals("", out());
    }

    @Test
    void check_explain_namesTheRuleThatDecides() throws IOException {
        String policy = policy("dont_measure fsmagic=0x9fa0\nmeasure func=BPRM_CHECK\n");
        assertEquals(0, run("ima", "policy", "check", policy, "--explain", policy), err());
        assertTrue(out().contains("measure: yes, line 2: measure func=BPRM_CHECK"), out());
        assertTrue(out().contains("appraise: no, no rule matches"), out());
    }

    @Test
    void check_explainKeyring_takesItsName() throws IOException {
        String policy = policy("measure func=KEY_CHECK keyrings=.ima\n");
        run("ima", "policy", "check", policy, "--explain", ".ima", "--func", "KEY_CHECK");
        assertTrue(out().contains("measure: yes, line 1"), out());
    }

    @Test
    void check_hostileText_isEscaped() throws IOException {
        assertEquals(1, run("ima", "policy", "check", policy("measure func=\u001b[31m\n")));
        assertTrue(err().contains("func: \\x1b[31m"), err());
    }

    @Test
    void check_wrongUsage_isNamed() throws IOException {
        String policy = policy("measure\n");
        assertEquals(ExitCodes.USAGE, run("ima", "policy", "check"));
        assertEquals(ExitCodes.USAGE, run("ima", "policy", "check", policy, "--loaded"));
        assertEquals(
                ExitCodes.USAGE,
                run("ima", "policy", "check", policy, "--explain", policy, "--func", "BPRM"));
        assertTrue(err().contains("--func: BPRM (expected: "), err());
        assertEquals(
                ExitCodes.UNAVAILABLE,
                run("ima", "policy", "check", folder.resolve("none").toString()));
        assertTrue(err().contains("none: no such file"), err());
    }
}
