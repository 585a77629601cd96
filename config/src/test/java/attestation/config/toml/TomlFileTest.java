// SPDX-License-Identifier: Apache-2.0
package attestation.config.toml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

class TomlFileTest {
    private static final Path FILE = Path.of("f.toml");

    private static List<String> places(String text) throws TomlException {
        return TomlFile.parse(FILE, text).settings().stream()
                .map(setting -> setting.section() + "." + setting.key() + ":" + setting.line())
                .toList();
    }

    @Test
    void parse_everyKindOfSpelling_knowsLines() throws TomlException {
        String text =
                """
                top = 1 # x = 2
                # [no]
                a.b = "x # y = 1"
                a."c d" = 'it = "s'

                [ s . t ] # header
                deep = 1
                [s2]
                one = [ # list
                  "]", '[', { k = "}" },
                ]
                two = QQQ
                three = 1
                \\QQQ four = 2
                QQQ"
                five = '''
                six = 1'''''
                "seven" = { x = 1 }

                'eight' = QQQQQQ
                nine.x = 1
                [[arr]]
                ten = 1
                [[arr]]
                ten = 2
                [z]
                last = true"""
                        .replace("QQQ", "\"\"\"");

        assertEquals(
                List.of(
                        ".top:1",
                        "a.b:3",
                        "a.c d:4",
                        "s.t:6",
                        "s2.one:9",
                        "s2.two:12",
                        "s2.five:16",
                        "s2.seven:18",
                        "s2.eight:20",
                        "s2.nine:21",
                        ".arr:22",
                        "z.last:27"),
                places(text));
    }

    @Test
    void parse_windowsLineEnds_knowsLines() throws TomlException {
        assertEquals(List.of("a.b:2", "a.c:4"), places("[a]\r\nb = 1\r\n\r\nc = \"x\"\r\n"));
    }

    @Test
    void parse_inlineTable_keysHaveItsLine() throws TomlException {
        assertEquals(List.of("a.b:2", "a.c:2"), places("\na = { b = 1, c = 2 }"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`a = 1\na = 2`,2,duplicate key a (first on line 1)",
                "`[a]\n[b]\n[a]`,3,duplicate section [a] (first on line 1)",
                "`[a]\nb = 1\nb.c = 2`,3,not valid TOML",
                "`\nx = 0660`,2,`number with leading zero (expected: text in quotes, or a number"
                        + " without it)`",
                "`x = \"abc\n`,1,`the line ends too early (expected: a value, or a closing quote or"
                        + " bracket)`",
                "`x = [1,\n2`,2,`the file ends too early (expected: a closing quote or bracket)`",
                "`x = 1 y = 2`,1,something follows the value (expected: end of line)",
                "`x = \"\\q\"`,1,unknown escape sequence (expected: \\\\ for a backslash)",
                "`= 1`,1,not valid TOML",
                "`[x]]`,1,not valid TOML",
            })
    void parse_notToml_saysWhere(String text, int line, String expected) {
        TomlException thrown = assertThrows(TomlException.class, () -> TomlFile.parse(FILE, text));

        assertEquals(line + " " + expected, thrown.line() + " " + thrown.text());
    }

    @Test
    void parse_deepNesting_isRefused() {
        String text = "x = " + "[".repeat(100_000) + "]".repeat(100_000);

        assertThrows(TomlException.class, () -> TomlFile.parse(FILE, text));
    }

    @Test
    @Timeout(120)
    void parse_hostileSizes_endSoonInAnError() {
        for (String text :
                List.of(
                        "a" + ".a".repeat(500_000) + " = 1",
                        "[a" + ".a".repeat(500_000) + "]",
                        "x = " + "{a=".repeat(300_000),
                        "[[x]]\n".repeat(150_000) + "y = ",
                        "x = \"" + "\\".repeat(1_000_001),
                        IntStream.range(0, 1001)
                                .mapToObj(i -> "k" + i + " = 1\n")
                                .collect(Collectors.joining()))) {
            assertThrows(TomlException.class, () -> TomlFile.parse(FILE, text));
        }
    }

    /** Random scraps of TOML: either an error with a place, or every key is on its line. */
    @Test
    void parse_randomScraps_neverBreakAndLinesHold() {
        Random random = new Random(20261123);
        List<String> scraps =
                List.of(
                        "\n",
                        "\n",
                        "[a]",
                        "[[b]]",
                        "[a.c]",
                        "x",
                        "y.z",
                        "=",
                        " = 1",
                        " = \"s\"",
                        "\"",
                        "'",
                        "\"\"\"",
                        "\'\'\'",
                        "#",
                        "{",
                        "}",
                        "[",
                        "]",
                        ",",
                        "\\",
                        "\"q r\"",
                        ".",
                        "\r\n",
                        "\t",
                        "true",
                        "1e3",
                        "\u0000",
                        "ü");
        int valid = 0;
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                text.append(scraps.get(random.nextInt(scraps.size())));
            }
            valid += check(text.toString()) ? 1 : 0;
        }
        assertTrue(valid > 500, "valid texts: " + valid);
    }

    private static boolean check(String text) {
        try {
            for (TomlFile.Setting setting : TomlFile.parse(FILE, text).settings()) {
                String line = text.split("\n", -1)[setting.line() - 1];
                String name = setting.value() instanceof TomlValue.Items ? "" : setting.key();
                assertTrue(line.contains(name), text);
            }
            return true;
        } catch (TomlException e) {
            assertTrue(e.line() <= text.split("\n", -1).length + 1, text);
            return false;
        }
    }

    @Test
    void shown_controlAndBidiCharacters_areEscapedAndLengthIsBounded() {
        assertEquals("\"a\\u001bb\\u202e\\\"\\\\\"", Shown.text("a\u001bb\u202e\"\\"));
        assertEquals("x".repeat(80) + "…", Shown.name("x".repeat(81)));
    }
}
