// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;

class AgentIdTest {
    private static final String ID = "d432fbb3-d2f1-4a97-9ef7-75bd81c00000";

    @TempDir Path directory;
    private StateFile stored;
    private AgentId ids;

    @BeforeEach
    void open() {
        stored = new StateDirectory(directory, Clock.systemUTC()).file(StateDirectory.AGENT_ID);
        ids = new AgentId(stored, new HostFacts(directory), new SecureRandom());
    }

    private String resolve(String form) throws IOException, IdentityException {
        return ids.resolve(form, Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ID,
                "D432FBB3-D2F1-4A97-9EF7-75BD81C00000",
                "d432fbb3d2f14a979ef775bd81c00000",
                "urn:uuid:d432fbb3-d2f1-4a97-9ef7-75bd81c00000",
                "{d432fbb3-d2f1-4a97-9ef7-75bd81c00000}"
            })
    void resolve_uuidInAnySpelling_normalised(String form) throws Exception {
        assertEquals(ID, resolve(form));
    }

    @Test
    void resolve_hashEk_asKeylimesAgentCallsItself() throws Exception {
        Pem ek = Pem.readAll(AgentDataTest.resource("ek-public.pem")).getFirst();

        assertEquals(
                "17adc0e23925a9bad503b091725c41cd3fd9a59c8c646fa0a5fd656f098b964d",
                ids.resolve("hash_ek", Optional.of(ek.der())));
    }

    @Test
    void resolve_hashEkWithoutEk_error() {
        var e = assertThrows(IdentityException.class, () -> resolve("hash_ek"));

        assertEquals("uuid: hash_ek - the TPM's EK cannot be read", e.getMessage());
    }

    @Test
    void resolve_generate_sameAfterRestart() throws Exception {
        String first = resolve("generate");
        var restarted = new AgentId(stored, new HostFacts(directory), new SecureRandom());

        assertTrue(
                first.matches("[0-9a-f]{8}(-[0-9a-f]{4}){2}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
                first);
        assertEquals('4', first.charAt(14));
        assertEquals(first, restarted.resolve("generate", Optional.empty()));
    }

    @Test
    void resolve_generateWithDamagedFile_setAsideNotReplaced() throws Exception {
        Files.writeString(stored.path(), "d432fbb3-d2f1-4a97-9ef7");

        var e = assertThrows(IdentityException.class, () -> resolve("generate"));
        assertTrue(
                e.toString()
                        .contains(
                                stored.path()
                                        + ": d432fbb3-d2f1-4a97-9ef7 (expected: a UUID); set aside as "),
                e.getMessage());
        assertFalse(stored.exists());
    }

    @Test
    void resolve_dmidecode_firmwareThenMachineId() throws Exception {
        Files.createDirectories(directory.resolve("etc"));
        Files.writeString(directory.resolve("etc/machine-id"), ID.replace("-", "") + "\n");
        assertEquals(ID, resolve("dmidecode"));
        assertEquals(ID, resolve("machine_id"));

        Path dmi = Files.createDirectories(directory.resolve("sys/class/dmi/id"));
        Files.writeString(dmi.resolve("product_uuid"), "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF\n");
        assertEquals(ID, resolve("dmidecode"));
        Files.writeString(dmi.resolve("product_uuid"), "03000200-0400-0500-0006-000700080009\n");
        assertEquals("03000200-0400-0500-0006-000700080009", resolve("dmidecode"));
    }

    @Test
    void resolve_hostname_theKernels() throws Exception {
        Files.createDirectories(directory.resolve("proc/sys/kernel"));
        Files.writeString(directory.resolve("proc/sys/kernel/hostname"), "web-01.example.org\n");

        assertEquals("web-01.example.org", resolve("hostname"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hash-ek", "", "environment", "web-01", "d432fbb3", "../x"})
    void resolve_unknownForm_refusedNotRandom(String form) {
        var e = assertThrows(IdentityException.class, () -> resolve(form));

        assertEquals(
                "uuid: "
                        + form
                        + " (expected: a UUID, hash_ek, generate, dmidecode, machine_id or hostname)",
                e.getMessage());
    }
}
