// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.registration;

import attestation.agent.identity.Pem;
import attestation.agent.keylime.wire.Json;

import org.jspecify.annotations.Nullable;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The body of the registration; the same in every version of the API. */
final class RegistrationRequest {
    private RegistrationRequest() {}

    /**
     * @param certification of the AK by the IAK; present when the keys hold an IAK
     */
    static byte[] encode(
            RegistrationSettings settings,
            TpmCredentials.Keys keys,
            Optional<TpmCredentials.Certification> certification) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("aik_tpm", base64(keys.akPublic()));
        members.put("ek_tpm", base64(keys.ekPublic()));
        if (!keys.ekCertificates().isEmpty()) {
            // Never an empty text: it would contradict a certificate that was registered before.
            members.put("ekcert", pem(keys.ekCertificates()));
        }
        putDevice(members, keys, certification);
        members.put("ip", settings.contactIp());
        members.put("mtls_cert", settings.serverCertificate().get());
        members.put("port", settings.contactPort());
        return Json.write(members);
    }

    private static void putDevice(
            Map<String, @Nullable Object> members,
            TpmCredentials.Keys keys,
            Optional<TpmCredentials.Certification> certification) {
        var device = keys.device();
        certification.ifPresent(
                c -> {
                    members.put("iak_attest", base64(c.attest()));
                    members.put("iak_sign", base64(c.signature()));
                });
        members.put(
                "iak_cert", certificate(device.flatMap(TpmCredentials.DeviceKeys::iakCertificate)));
        members.put(
                "idevid_cert",
                certificate(device.flatMap(TpmCredentials.DeviceKeys::idevidCertificate)));
        device.ifPresent(
                d -> {
                    members.put("iak_tpm", base64(d.iakPublic()));
                    members.put("idevid_tpm", base64(d.idevidPublic()));
                });
    }

    private static @Nullable String certificate(Optional<byte[]> der) {
        return der.map(RegistrationRequest::base64).orElse(null);
    }

    private static String pem(List<byte[]> certificates) {
        return certificates.stream()
                .map(der -> new Pem("CERTIFICATE", der).text())
                .collect(Collectors.joining());
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
