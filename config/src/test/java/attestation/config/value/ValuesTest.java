// SPDX-License-Identifier: Apache-2.0
package attestation.config.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "D432FBB3-d2f1-4a97-9ef7-75bd81c00000",
                "d432fbb3d2f14a979ef775bd81c00000",
                "{d432fbb3-d2f1-4a97-9ef7-75bd81c00000}",
                "urn:uuid:D432FBB3-D2F1-4A97-9EF7-75BD81C00000"
            })
    void agentId_everyFormOfAUuid_isTheUsualOne(String text) {
        AgentId id = AgentId.parse(text);

        assertEquals(new AgentId.Fixed("d432fbb3-d2f1-4a97-9ef7-75bd81c00000"), id);
        assertTrue(((AgentId.Fixed) id).isUuid());
    }

    @Test
    void agentId_otherNames_areKeptAsTheyAre() {
        AgentId.Fixed host = (AgentId.Fixed) AgentId.parse("Host_7.example-1");

        assertEquals("Host_7.example-1", host.id());
        assertFalse(host.isUuid());
        assertEquals(AgentId.Source.MACHINE_ID, AgentId.parse("machine_id"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "ä", "a\n"})
    void agentId_otherCharacters_areRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> AgentId.parse(text));
    }

    @Test
    void agentId_longerThanTheServersColumn_isRefused() {
        assertEquals("a".repeat(80), AgentId.parse("a".repeat(80)).toString());
        assertThrows(IllegalArgumentException.class, () -> AgentId.parse("a".repeat(81)));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,127.0.0.1",
        "[::1],::1",
        "::1,::1",
        "fe80::1,fe80::1",
        "Host-1.example.org,Host-1.example.org",
        "1a,1a"
    })
    void hostName_legal_isTaken(String text, String expected) {
        assertEquals(expected, HostName.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a_b",
                "a.",
                ".a",
                "-a",
                "a-",
                "a..b",
                "1.2.3",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.4.",
                "fe80::1%lo",
                "[1.2.3.4",
                "[a]",
                "::g",
                "1:2",
                "ä",
                "a b",
                "127.1"
            })
    void hostName_illegal_isRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> HostName.parse(text), text);
    }

    @Test
    void hostName_addressOrName_isTold() {
        assertTrue(HostName.isAddress("::1"));
        assertTrue(HostName.isAddress("10.0.0.1"));
        assertFalse(HostName.isAddress("10.example"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dns:a",
                "quotes",
                "",
                "dns: quotes",
                "dns:a quotes,keys",
                "cn:a quotes",
                "key:abc quotes",
                "ip:host quotes"
            })
    void allowRule_notOfTheForm_isRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> AllowRule.parse(text));
    }

    @Test
    void allowRule_printed_isReadAgain() {
        AllowRule rule = AllowRule.parse("uri:spiffe://Example/v  keys\tquotes");

        assertEquals("uri:spiffe://Example/v quotes keys", rule.toString());
        assertEquals(rule, AllowRule.parse(rule.toString()));
    }
}
