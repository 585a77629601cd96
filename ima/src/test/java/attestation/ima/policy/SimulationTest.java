// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.ima.policy.IdCondition.Whose;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

class SimulationTest {
    private static final long EXT4 = 0xef53;

    private static Policy policy(String... rules) {
        String text = String.join("\n", rules);
        Policy policy = PolicyParser.parse(text.getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(List.of(), policy.problems());
        return policy;
    }

    private static Access file(Hook hook, Set<Mask.Access> mask, long uid) {
        Map<Whose, Long> ids =
                Map.of(Whose.UID, uid, Whose.EUID, uid, Whose.FOWNER, 0L, Whose.FGROUP, 0L);
        return new Access(
                hook,
                mask,
                OptionalLong.of(EXT4),
                Optional.of("ext4"),
                Optional.empty(),
                ids,
                Optional.empty());
    }

    private static Access buffer(Hook hook, String data) {
        return new Access(
                hook,
                Set.of(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(Whose.UID, 0L),
                Optional.of(data));
    }

    private static int line(Policy policy, Access access, Action.Kind kind) {
        return Simulation.decide(policy, access, kind).decides().map(Rule::line).orElse(0);
    }

    @Test
    void explain_firstMatchOfEachKindDecides() {
        Policy policy =
                policy(
                        "dont_measure fsmagic=0x9fa0",
                        "audit func=BPRM_CHECK",
                        "measure func=BPRM_CHECK",
                        "dont_measure fsmagic=0xef53",
                        "appraise fowner=0");
        Access exec = file(Hook.BPRM_CHECK, Set.of(Mask.Access.MAY_EXEC), 1000);
        assertEquals(3, line(policy, exec, Action.Kind.MEASURE));
        assertEquals(5, line(policy, exec, Action.Kind.APPRAISE));
        assertEquals(2, line(policy, exec, Action.Kind.AUDIT));
        assertEquals(0, line(policy, exec, Action.Kind.HASH));
        Access read = file(Hook.FILE_CHECK, Set.of(Mask.Access.MAY_READ), 0);
        assertEquals(4, line(policy, read, Action.Kind.MEASURE));
        assertFalse(Simulation.decide(policy, read, Action.Kind.MEASURE).done());
    }

    /** Without ^ the mask must be the whole of how a file is opened, ima_match_rules. */
    @ParameterizedTest
    @CsvSource({
        "MAY_READ, MAY_READ, 1",
        "MAY_READ, MAY_READ|MAY_WRITE, 0",
        "^MAY_READ, MAY_READ|MAY_WRITE, 1",
        "^MAY_READ, MAY_WRITE, 0"
    })
    void decide_mask_matchesAsInTheKernel(String mask, String opened, int line) {
        Policy policy = policy("measure func=FILE_CHECK mask=" + mask);
        Set<Mask.Access> access = EnumSet.noneOf(Mask.Access.class);
        for (String word : opened.split("\\|")) {
            access.add(Mask.access(word).orElseThrow());
        }
        assertEquals(line, line(policy, file(Hook.FILE_CHECK, access, 0), Action.Kind.MEASURE));
    }

    @ParameterizedTest
    @CsvSource({
        "uid=0, 0, 1",
        "uid=0, 5, 0",
        "uid<10, 9, 1",
        "uid<10, 10, 0",
        "uid>10, 11, 1",
        "uid>10, 10, 0"
    })
    void decide_id_comparesAsWritten(String condition, long uid, int line) {
        Policy policy = policy("measure func=BPRM_CHECK " + condition);
        Access exec = file(Hook.BPRM_CHECK, Set.of(Mask.Access.MAY_EXEC), uid);
        assertEquals(line, line(policy, exec, Action.Kind.MEASURE));
    }

    @Test
    void decide_keyring_onlyRulesThatNameTheHookMatch() {
        Policy policy =
                policy(
                        "measure",
                        "measure func=KEY_CHECK keyrings=.ima|.evm",
                        "dont_measure func=KEY_CHECK");
        assertEquals(2, line(policy, buffer(Hook.KEY_CHECK, ".evm"), Action.Kind.MEASURE));
        assertEquals(3, line(policy, buffer(Hook.KEY_CHECK, ".im"), Action.Kind.MEASURE));
        assertEquals(0, line(policy, buffer(Hook.CRITICAL_DATA, "x"), Action.Kind.MEASURE));
    }

    @Test
    void decide_conditionThatCannotBeTold_makesTheAnswerUncertain() {
        Policy policy = policy("dont_measure obj_type=var_log_t", "measure func=BPRM_CHECK");
        Access exec = file(Hook.BPRM_CHECK, Set.of(Mask.Access.MAY_EXEC), 0);
        Simulation.Decision decision = Simulation.decide(policy, exec, Action.Kind.MEASURE);
        assertEquals(2, decision.decides().orElseThrow().line());
        assertEquals(1, decision.perhaps().getFirst().line());
        assertFalse(decision.done());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "measure func=BPRM_CHECK; ALWAYS",
                "measure func=BPRM_CHECK mask=MAY_EXEC; ALWAYS",
                "dont_measure fsmagic=0x9fa0/measure func=BPRM_CHECK; ALWAYS",
                "dont_measure fsmagic=0x01021994/measure func=BPRM_CHECK; PARTLY",
                "measure func=BPRM_CHECK uid=0; PARTLY",
                "measure func=BPRM_CHECK digest_type=verity; PARTLY",
                "dont_measure/measure func=BPRM_CHECK; NEVER",
                "measure func=FILE_CHECK; NEVER",
                "appraise func=BPRM_CHECK; NEVER"
            })
    void coverage_ofExecutedPrograms(String rules, Coverage.Extent expected) {
        Coverage.Use use = Coverage.of(policy(rules.split("/"))).getFirst();
        assertEquals(Hook.BPRM_CHECK, use.hook());
        assertEquals(expected, use.extent());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "dont_measure fsmagic=0x794c7630/measure func=BPRM_CHECK; 1; overlayfs",
                "dont_measure fsname=tmpfs/measure func=BPRM_CHECK; 1; tmpfs",
                "dont_appraise fsmagic=0x01021994/appraise; 1; anything may be executed",
                "measure func=FILE_CHECK mask=^MAY_READ; 1; every file that is read",
                "measure func=BPRM_CHECK pcr=24; 1; none that a TPM has",
                "measure func=BPRM_CHECK pcr=11; 1; PCR 11 go unchecked",
                "measure func=BPRM_CHECK; 0; keys loaded into .ima",
                "measure func=BPRM_CHECK; 0; kernel modules are not measured",
                "appraise func=BPRM_CHECK; 1; a digest is enough",
                "appraise func=BPRM_CHECK appraise_type=imasig; 0; the keys must be in .ima",
                "appraise func=BPRM_CHECK appraise_type=imasig; 0; policies need not be signed",
                "dont_measure/measure func=BPRM_CHECK; 2; never decides: line 1",
                "measure digest_type=verity; 1; files without fs-verity"
            })
    void advice_namesLineAndReason(String rules, int line, String words) {
        List<Advice.Note> notes = Advice.about(policy(rules.split("/")));
        assertTrue(
                notes.stream().anyMatch(n -> n.line() == line && n.message().contains(words)),
                notes.toString());
    }

    @Test
    void advice_aboutAFullMeasurementPolicy_isNone() {
        Policy policy =
                policy(
                        "measure func=KEY_CHECK keyrings=.ima",
                        "measure func=BPRM_CHECK",
                        "measure func=MMAP_CHECK mask=MAY_EXEC",
                        "measure func=MODULE_CHECK");
        assertEquals(List.of(), Advice.about(policy));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "mesure func=BPRM_CHECK; unknown word: mesure; mesure",
                "measure fnc=BPRM_CHECK; unknown word: fnc; fnc",
                "measure func=BPRM_CHEK; func: BPRM_CHEK (expected: FILE_CHECK, ; BPRM_CHEK",
                "measure uid=root; id: root (expected: 0..4294967294, a number, not a name); ''",
                "measure uid=0 # why; comment behind a rule (expected: on a line of its own); #",
                "measure pcr=99; pcr: 99 (expected: 0..23, decimal); ''",
                "audit pcr=10; pcr with audit (expected: measure); ''",
                "measure func=KEY_CHECK mask=MAY_READ; mask with func=KEY_CHECK is not possible; ''",
                "measure fsname=; fsname: empty (expected: a value, without a blank); ''",
                "measure measure; second action: measure (expected: one, measure); ''"
            })
    void parse_refusedRule_saysWhatAndWhatIsExpected(String rule, String message, String word) {
        Policy policy = PolicyParser.parse(("#\n" + rule).getBytes(StandardCharsets.UTF_8));
        Problem problem = policy.problems().getFirst();
        assertEquals(2, problem.line());
        assertTrue(problem.message().startsWith(message.strip()), problem.message());
        assertEquals(word, problem.word());
    }

    /** Each verdict is that of Linux 6.1.0-56-cloud-amd64 (Debian 12), given the file's path. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "measure func=BPRM_CHECK~; 0; ''",
                "measure func=BPRM_CHECK; 1; no newline at the end",
                "measure func=BPRM_CHECK~# the last line; 2; no newline at the end",
                "measure func=BPRM_CHECK~...; 2; no newline at the end",
                "# a^b~measure func=BPRM_CHECK~; 1; a NUL byte",
                "measure func=BPRM_CHECK~# a^b; 2; a NUL byte",
                "measure func=BPRM_CHECK~^; 0; ''",
                "measure func=BPRM_CHECK~# x^; 0; ''",
                "measure func=BPRM_CHECK\r~; 1; a carriage return"
            })
    void parseFile_asTheKernelReadsAFile(String text, int line, String message) {
        String file =
                text.replace('~', '\n').replace('^', '\0').replace('.', ' ').replace("\\r", "\r");
        Policy policy = PolicyParser.parseFile(file.getBytes(StandardCharsets.UTF_8));
        if (line == 0) {
            assertEquals(List.of(), policy.problems());
        } else {
            Problem problem = policy.problems().getFirst();
            assertEquals(line, problem.line(), problem.message());
            assertTrue(problem.message().startsWith(message), problem.message());
        }
    }

    @Test
    void parse_longWord_isShownShort() {
        String rule = "measure fsmagic=" + "z".repeat(100_000) + "\n";
        Policy policy = PolicyParser.parseFile(rule.getBytes(StandardCharsets.UTF_8));
        String message = policy.problems().getFirst().message();
        assertTrue(message.startsWith("fsmagic: zzz") && message.length() < 200, message);
    }

    @Test
    void parse_emptyOrHuge_isAProblem() {
        assertEquals(1, PolicyParser.parse(new byte[0]).problems().size());
        assertEquals(
                1,
                PolicyParser.parse("# only\n".getBytes(StandardCharsets.UTF_8)).problems().size());
        byte[] huge = new byte[PolicyParser.MAX_BYTES + 1];
        assertTrue(PolicyParser.parse(huge).problems().getFirst().message().contains("at most"));
    }
}
