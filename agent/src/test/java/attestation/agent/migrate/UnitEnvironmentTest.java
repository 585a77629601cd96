// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What systemctl show prints, in both forms of quotes that systemd's versions have. */
class UnitEnvironmentTest {
    @TempDir Path folder;

    @Test
    void of_plainWords_eachIsAnAssignment() {
        assertEquals(
                Map.of("RUST_LOG", "keylime_agent=info", "TCTI", "device:/dev/tpmrm0"),
                UnitEnvironment.of("RUST_LOG=keylime_agent=info TCTI=device:/dev/tpmrm0", ""));
    }

    @Test
    void of_valuesWithBlanksAndQuotes_areWhole() {
        assertEquals(
                Map.of(
                        "KEYLIME_AGENT_TRUSTED_CLIENT_CA", "/a.pem, /b.pem",
                        "KEYLIME_AGENT_SERVER_KEY_PASSWORD", "say \"a$b\\c",
                        "KEYLIME_AGENT_PORT", "9555"),
                UnitEnvironment.of(
                        """
                        "KEYLIME_AGENT_TRUSTED_CLIENT_CA=/a.pem, /b.pem" \
                        "KEYLIME_AGENT_SERVER_KEY_PASSWORD=say \\"a\\$b\\\\c" KEYLIME_AGENT_PORT=9555
                        """,
                        ""));
    }

    @Test
    void of_quotesWithDollar_controlCharactersAndOctalDigits() {
        assertEquals(
                Map.of("A", "it's\ttwo\u0001", "B", ""),
                UnitEnvironment.of("$'A=it\\'s\\ttwo\\001' B=", ""));
    }

    @Test
    void of_unclosedQuotesAndLoneBackslash_goToTheEnd() {
        assertEquals(Map.of("A", "b c"), UnitEnvironment.of("\"A=b c", ""));
        assertEquals(Map.of("A", "b"), UnitEnvironment.of("A=b\\", ""));
        assertEquals(Map.of(), UnitEnvironment.of("no-assignment =x", ""));
    }

    /** As systemd's manual says and its parser does. */
    @Test
    void parse_blanksBackslashesAndQuotes_asSystemdReadsThem() {
        assertEquals(
                Map.of(
                        "BLANKS", "a   b",
                        "ESCAPED", "it's n",
                        "DOUBLE", "a\\n \"q\" $x",
                        "SINGLE", "a\\n",
                        "LINES", "one\ntwo",
                        "JOINED", "ab",
                        "EMPTY", "",
                        "EQUALS", "k=v"),
                EnvironmentFile.parse(
                        """
                          BLANKS =  a   b \t
                        ; comment=1
                        no assignment
                        ESCAPED=it\\'s \\n
                        DOUBLE="a\\n \\"q\\" \\$x"
                        SINGLE='a\\n'
                        LINES="one
                        two"
                        JOINED=a\\
                        b
                        EMPTY=
                        EQUALS=k=v"""));
    }

    @Test
    void of_environmentFile_laterAssignmentCounts() throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("defaults"),
                        """
                        # KEYLIME_AGENT_UUID=commented
                        KEYLIME_AGENT_PORT=9003
                        KEYLIME_AGENT_REVOCATION_ACTIONS="a.py, b.py"
                        KEYLIME_AGENT_CONTACT_IP=192.\\
                        0.2.1
                        """);
        assertEquals(
                Map.of(
                        "KEYLIME_AGENT_PORT", "9003",
                        "KEYLIME_AGENT_REVOCATION_ACTIONS", "a.py, b.py",
                        "KEYLIME_AGENT_CONTACT_IP", "192.0.2.1"),
                UnitEnvironment.of(
                        "KEYLIME_AGENT_PORT=9002",
                        "%s (ignore_errors=no)\n/no/such/file (ignore_errors=yes)"
                                .formatted(file)));
    }
}
