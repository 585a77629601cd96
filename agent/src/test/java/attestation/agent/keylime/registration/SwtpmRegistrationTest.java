// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.identity.AgentData;
import attestation.agent.identity.AgentId;
import attestation.agent.identity.StateDirectory;
import attestation.agent.keylime.wire.ApiVersions;
import attestation.fixtures.Await;
import attestation.fixtures.FakeRegistrar;
import attestation.fixtures.Swtpm;
import attestation.fixtures.SwtpmExtension;
import attestation.tpm.AkBlob;
import attestation.tpm.AkTemplate;
import attestation.tpm.AttestationKey;
import attestation.tpm.DeviceKeyRequest;
import attestation.tpm.EkRequest;
import attestation.tpm.EncryptionAlgorithm;
import attestation.tpm.EndorsementKey;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.SigningAlgorithm;
import attestation.tpm.Tpm;
import attestation.tpm.TpmAddress;
import attestation.tpm.TpmSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;

/**
 * The whole way: a software TPM, the challenge really encrypted to its EK, the registrar's check.
 */
@ExtendWith(SwtpmExtension.class)
@Timeout(180)
class SwtpmRegistrationTest {
    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final EkRequest EK = EkRequest.of(EncryptionAlgorithm.RSA2048);

    @TempDir Path directory;

    private static RegistrationService service(
            FakeRegistrar registrar, Tpm tpm, String id, TpmModuleCredentials.Sources sources) {
        var second = Duration.ofSeconds(1);
        var settings =
                new RegistrationSettings(
                        id,
                        "127.0.0.1",
                        9002,
                        () -> "disabled",
                        ApiVersions.all(),
                        new RegistrarAddress("127.0.0.1", registrar.port(), Optional.empty()),
                        new RegistrationSettings.Pace(
                                second, second, second, second, second, WAIT));
        return new RegistrationService(
                settings,
                new TpmModuleCredentials(tpm, sources),
                new Polls(Clock.systemUTC()),
                Clock.systemUTC(),
                new Random());
    }

    @Test
    void register_swtpm_activatedAndAgainWhenForgotten(Swtpm swtpm) throws Exception {
        try (Tpm tpm = Tpm.start(TpmSettings.of(TpmAddress.parse(swtpm.tcti())));
                var registrar = FakeRegistrar.http()) {
            registrar.versions("2.1", "2.6");
            EndorsementKey ek = tpm.endorsementKey(EK, WAIT);
            var template =
                    new AkTemplate(
                            EncryptionAlgorithm.RSA2048,
                            SigningAlgorithm.RSASSA,
                            HashAlgorithm.SHA256);
            AttestationKey ak = tpm.loadAk(EK, tpm.createAk(EK, template, WAIT), WAIT);
            var iak = DeviceKeyRequest.of(DeviceKeyRequest.Kind.IAK, EncryptionAlgorithm.RSA2048);
            var idevid =
                    DeviceKeyRequest.of(DeviceKeyRequest.Kind.IDEVID, EncryptionAlgorithm.RSA2048);
            var device =
                    new TpmModuleCredentials.Device(
                            iak,
                            new TpmCredentials.DeviceKeys(
                                    tpm.deviceKey(iak, WAIT).sized(),
                                    tpm.deviceKey(idevid, WAIT).sized(),
                                    Optional.empty(),
                                    Optional.empty()));
            String id = AgentId.hashEk(ek.subjectPublicKeyInfo());
            var sources =
                    new TpmModuleCredentials.Sources(
                            () -> Optional.of(ak),
                            () -> Optional.of(ek),
                            () -> Optional.of(device));
            try (var service = service(registrar, tpm, id, sources)) {
                service.start();
                Await.until("host is active", WAIT, () -> registrar.isActive(id));
                var request = registrar.registration(id).orElseThrow();
                assertArrayEquals(
                        ak.tpm2bPublic(),
                        Base64.getDecoder().decode(request.text("aik_tpm").orElseThrow()));
                assertTrue(
                        request.text("ekcert").orElseThrow().startsWith("-----BEGIN CERTIFICATE"));
                byte[] attest =
                        Base64.getDecoder().decode(request.text("iak_attest").orElseThrow());
                assertEquals((byte) 0x17, attest[5]); // TPM_ST_ATTEST_CERTIFY

                registrar.forget(id);
                Await.until("host is active again", WAIT, () -> registrar.isActive(id));
            }
        }
    }

    @Test
    void load_stateOfKeylimesAgent_sameAkAndId() throws Exception {
        Path state = Files.createDirectory(directory.resolve("tpm"));
        for (String name : new String[] {"tpm2-00.permall", "agent_data.json"}) {
            try (var in = getClass().getResourceAsStream("/attestation/agent/identity/" + name)) {
                Path target = name.endsWith("json") ? directory : state;
                Files.write(
                        target.resolve(name), java.util.Objects.requireNonNull(in).readAllBytes());
            }
        }
        Path socket = directory.resolve("s");
        Process swtpm =
                new ProcessBuilder(
                                "swtpm",
                                "socket",
                                "--tpm2",
                                "--tpmstate",
                                "dir=" + state,
                                "--server",
                                "type=unixio,path=" + socket,
                                "--flags",
                                "not-need-init,startup-clear")
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log").toFile())
                        .start();
        try {
            Await.until("swtpm listens", WAIT, () -> Files.exists(socket));
            try (Tpm tpm = Tpm.start(TpmSettings.of(TpmAddress.parse("swtpm:path=" + socket)))) {
                var data =
                        AgentData.load(
                                        new StateDirectory(directory, Clock.systemUTC())
                                                .file(StateDirectory.AGENT_DATA))
                                .orElseThrow();
                EndorsementKey ek = tpm.endorsementKey(EK, WAIT);
                assertEquals(AgentId.hashEk(ek.subjectPublicKeyInfo()), data.ekHash());
                AttestationKey ak =
                        tpm.loadAk(EK, new AkBlob(data.akPublic(), data.akPrivate()), WAIT);

                assertArrayEquals(data.akPublic(), ak.tpmtPublic());
            }
        } finally {
            swtpm.destroy();
            swtpm.waitFor();
        }
    }
}
