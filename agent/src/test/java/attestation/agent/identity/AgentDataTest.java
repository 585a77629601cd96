// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.keylime.wire.JsonException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;

class AgentDataTest {
    private static final String EK_HASH =
            "17adc0e23925a9bad503b091725c41cd3fd9a59c8c646fa0a5fd656f098b964d";

    @TempDir Path directory;
    private StateFile file;

    @BeforeEach
    void copy() throws Exception {
        file = new StateDirectory(directory, Clock.systemUTC()).file(StateDirectory.AGENT_DATA);
        Files.write(file.path(), resource("agent_data.json"));
    }

    static byte[] resource(String name) throws Exception {
        try (var in =
                AgentDataTest.class.getResourceAsStream("/attestation/agent/identity/" + name)) {
            if (in == null) {
                throw new AssertionError("no test resource " + name);
            }
            return in.readAllBytes();
        }
    }

    @Test
    void load_filesOfKeylimesAgent_itsAk() throws Exception {
        AgentData data = AgentData.load(file).orElseThrow();

        assertEquals("Sha256", data.hashAlg());
        assertEquals("RsaSsa", data.signAlg());
        assertEquals(280, data.akPublic().length);
        assertEquals(EK_HASH, data.ekHash());
        assertTrue(data.fits(AgentData.hashName("sha256"), AgentData.signName("rsassa"), EK_HASH));
        assertFalse(data.fits("Sha384", "RsaSsa", EK_HASH));
        assertFalse(data.fits("Sha256", "EcDsa", EK_HASH));
        assertFalse(data.fits("Sha256", "RsaSsa", "0".repeat(64)));
    }

    @Test
    void encode_whatKeylimesAgentWrote_sameBytes() throws Exception {
        byte[] peer = resource("agent_data.json");

        assertArrayEquals(peer, AgentData.parse(peer).encode());
    }

    @Test
    void store_nothingChanged_fileUntouched() throws Exception {
        var before = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(file.path(), before);
        AgentData.load(file).orElseThrow().store(file);

        assertEquals(before, Files.getLastModifiedTime(file.path()));
    }

    @Test
    void load_torn_setAsideAndNamed() throws Exception {
        byte[] whole = resource("agent_data.json");
        Files.write(file.path(), java.util.Arrays.copyOf(whole, whole.length / 2));

        var e = assertThrows(IdentityException.class, () -> AgentData.load(file));
        assertTrue(e.toString().contains(file.path() + ": invalid JSON at line "), e.toString());
        assertTrue(e.toString().contains("agent_data.json.corrupt-"), e.toString());
        assertFalse(file.exists());
    }

    @Test
    void load_damagedOneSetAsideEarlier_isNoFirstStart() throws Exception {
        Files.writeString(file.path(), "{");
        assertThrows(IdentityException.class, () -> AgentData.load(file));

        var e = assertThrows(IdentityException.class, () -> AgentData.load(file));

        assertTrue(e.toString().contains("missing, a damaged one was set aside as"), e.toString());
        assertTrue(e.toString().contains("agent identity reset"), e.toString());
        file.giveUp();
        assertTrue(AgentData.load(file).isEmpty());
    }

    @Test
    void peek_damaged_namesItAndLeavesIt() throws Exception {
        Files.writeString(file.path(), "{");

        var e = assertThrows(IdentityException.class, () -> AgentData.peek(file));

        assertTrue(e.toString().contains(file.path() + ": invalid JSON"), e.toString());
        assertTrue(file.exists());
    }

    @ParameterizedTest(name = "{0} -> {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "\"Sha256\" | \"MD5\" | ak_hash_alg is not one of",
                "\"RsaSsa\" | 3 | ak_sign_alg is not one of",
                "\"ak_public\" | \"ak_other\" | ak_public is not a list of 1 to 4096 bytes",
                "[0,1, | [256,1, | ak_public[0] is not a byte",
                "[0,1, | [-1,1, | ak_public[0] is not a byte",
                "[0,1, | [1.5,1, | ak_public[0] is not a byte",
                "\"ak_private\" | \"ak_public\" | invalid JSON",
            })
    void parse_changed_refusedWithReason(String from, String to, String reason) throws Exception {
        String text =
                new String(resource("agent_data.json"), StandardCharsets.US_ASCII)
                        .replaceAll("\\s", "");
        String changed = text.replaceFirst(java.util.regex.Pattern.quote(from), to);
        assertFalse(changed.equals(text));

        var e =
                assertThrows(
                        JsonException.class,
                        () -> AgentData.parse(changed.getBytes(StandardCharsets.US_ASCII)));
        assertTrue(e.toString().contains(": " + reason), e.toString());
    }
}
