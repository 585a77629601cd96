// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.identity.IdentityException;
import attestation.agent.identity.PayloadKey;
import attestation.agent.identity.StateDirectory;
import attestation.fixtures.Swtpm;
import attestation.tpm.Auth;
import attestation.tpm.Tpm;
import attestation.tpm.TpmAddress;
import attestation.tpm.TpmException;
import attestation.tpm.TpmSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** The payload key in its two forms, by software TPMs. */
class PayloadKeysTest {
    private static final String PLAIN = "payload-private.pem";

    @TempDir Path folder;

    private PayloadKeys keys(boolean seal, Tpm tpm) {
        StateDirectory state = new StateDirectory(folder, Clock.systemUTC());
        return new PayloadKeys(seal, state.file(PLAIN), "", state, tpm, new SecureRandom());
    }

    private static Tpm start(Swtpm of) {
        return Tpm.start(TpmSettings.of(TpmAddress.parse(of.tcti())));
    }

    private Path sealed(String name) {
        return folder.resolve("sealed").resolve(name);
    }

    @Test
    void sealed_plainKeyThere_movesAndComesBackWhenSwitchedOff() throws Exception {
        try (Swtpm swtpm = Swtpm.start();
                Tpm tpm = start(swtpm)) {
            String pem = keys(false, tpm).withoutTpm().orElseThrow().publicPem();
            byte[] plain = Files.readAllBytes(folder.resolve(PLAIN));

            assertTrue(keys(true, tpm).withoutTpm().isEmpty());
            assertEquals(pem, keys(true, tpm).withTpm().publicPem());
            assertFalse(Files.exists(folder.resolve(PLAIN)));
            for (String name : List.of("kek", "keyset", "payload-key")) {
                assertEquals(
                        "rw-------",
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(sealed(name))));
            }
            assertEquals(pem, keys(true, tpm).withTpm().publicPem());

            assertTrue(keys(false, tpm).withoutTpm().isEmpty());
            assertEquals(pem, keys(false, tpm).withTpm().publicPem());
            assertArrayEquals(plain, Files.readAllBytes(folder.resolve(PLAIN)));
            assertEquals(pem, keys(false, tpm).withoutTpm().orElseThrow().publicPem());
            assertEquals(List.of(), swtpm.transientHandles());
            assertEquals(List.of(), swtpm.sessions());
        }
    }

    @Test
    void sealed_nothingThere_makesOneThatDecryptsAfterATpmReset() throws Exception {
        try (Swtpm swtpm = Swtpm.start();
                Tpm tpm = start(swtpm)) {
            PayloadKey made = keys(true, tpm).withTpm();
            swtpm.kill();
            swtpm.restart();
            PayloadKey again = keys(true, tpm).withTpm();
            assertEquals(made.publicPem(), again.publicPem());
            assertNotEquals(
                    new String(made.encoded(), StandardCharsets.ISO_8859_1),
                    Files.readString(sealed("payload-key"), StandardCharsets.ISO_8859_1));
            assertFalse(Files.exists(folder.resolve(PLAIN)));
        }
    }

    @Test
    void sealed_byAnotherTpm_isNamedAndNeverReplaced() throws Exception {
        try (Swtpm swtpm = Swtpm.start();
                Tpm tpm = start(swtpm)) {
            keys(true, tpm).withTpm();
        }
        byte[] kept = Files.readAllBytes(sealed("payload-key"));
        try (Swtpm other = Swtpm.builder().fresh().start();
                Tpm tpm = start(other)) {
            var e = assertThrows(IdentityException.class, () -> keys(true, tpm).withTpm());
            assertTrue(e.toString().contains("kek: cannot be opened, TPM2_Load"), e.toString());
            assertTrue(e.toString().contains("remove the folder to begin anew"), e.toString());
        }
        assertArrayEquals(kept, Files.readAllBytes(sealed("payload-key")));
    }

    @Test
    void sealed_oneByteChanged_isRefusedForEachFile() throws Exception {
        try (Swtpm swtpm = Swtpm.start();
                Tpm tpm = start(swtpm)) {
            keys(true, tpm).withTpm();
            for (String name : List.of("kek", "keyset", "payload-key")) {
                byte[] good = Files.readAllBytes(sealed(name));
                byte[] bad = good.clone();
                bad[bad.length / 2] ^= 1;
                Files.write(sealed(name), bad);
                var e = assertThrows(Exception.class, () -> keys(true, tpm).withTpm(), name);
                assertTrue(
                        e instanceof IdentityException || e instanceof TpmException, e.toString());
                assertArrayEquals(bad, Files.readAllBytes(sealed(name)));
                Files.write(sealed(name), good);
            }
            Files.delete(sealed("kek"));
            var e = assertThrows(IdentityException.class, () -> keys(true, tpm).withTpm());
            assertTrue(e.toString().contains("its key is missing beside it"), e.toString());
        }
    }

    @Test
    void sealed_ownerPasswordSet_needsIt() throws Exception {
        try (Swtpm swtpm = Swtpm.start()) {
            swtpm.run("tpm2_changeauth", "-c", "owner", "hex:0badcafe");
            try (Tpm tpm = start(swtpm)) {
                var e =
                        assertThrows(
                                TpmException.CommandFailed.class, () -> keys(true, tpm).withTpm());
                assertTrue(e.getMessage().contains("owner password"), e.getMessage());
            }
            TpmSettings settings =
                    TpmSettings.of(TpmAddress.parse(swtpm.tcti()))
                            .withAuth(Optional.empty(), Optional.of(Auth.parse("hex:0badcafe")));
            try (Tpm tpm = Tpm.start(settings)) {
                assertFalse(keys(true, tpm).withTpm().publicPem().isEmpty());
            }
        }
    }
}
