// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.PayloadKeys;
import attestation.config.value.Secret;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Keys and payloads from Keylime's tenant and verifier.
 *
 * @param enabled whether payloads are unpacked and scripts run; keys are taken in any case
 * @param encKeyname plain file name
 * @param decPayloadFile plain file name
 * @param secureSize size of the tmpfs as mount(8) takes it, for example {@code 1m}
 * @param script relative path that stays below the unpacked payload, or empty
 * @param scriptSocket of the unit that runs scripts and actions
 * @param insecure whether payloads are taken without mutual TLS
 */
public record PayloadSection(
        boolean enabled,
        Path key,
        Secret keyPassword,
        String encKeyname,
        String decPayloadFile,
        String secureSize,
        boolean extractZip,
        String script,
        Duration scriptTimeout,
        Optional<Path> scriptSocket,
        boolean insecure,
        RevocationSection revocation) {
    public PayloadSection {
        PayloadKeys.ENC_KEYNAME.require(encKeyname);
        PayloadKeys.DEC_PAYLOAD_FILE.require(decPayloadFile);
        PayloadKeys.SECURE_SIZE.require(secureSize);
        PayloadKeys.SCRIPT.require(script);
        PayloadKeys.SCRIPT_SOCKET.require(scriptSocket);
        PayloadKeys.SCRIPT_TIMEOUT_S.require(Math.toIntExact(scriptTimeout.toSeconds()));
        new Rules()
                .require(
                        !encKeyname.equals(decPayloadFile),
                        "the same name as the key's file (expected: another one)",
                        PayloadKeys.DEC_PAYLOAD_FILE,
                        PayloadKeys.ENC_KEYNAME)
                .enforce();
    }

    static PayloadSection of(Values values) {
        return new PayloadSection(
                values.get(PayloadKeys.ENABLED),
                values.get(PayloadKeys.KEY),
                values.get(PayloadKeys.KEY_PASSWORD),
                values.get(PayloadKeys.ENC_KEYNAME),
                values.get(PayloadKeys.DEC_PAYLOAD_FILE),
                values.get(PayloadKeys.SECURE_SIZE),
                values.get(PayloadKeys.EXTRACT_PAYLOAD_ZIP),
                values.get(PayloadKeys.SCRIPT),
                Duration.ofSeconds(values.get(PayloadKeys.SCRIPT_TIMEOUT_S)),
                values.get(PayloadKeys.SCRIPT_SOCKET),
                values.get(PayloadKeys.ENABLE_INSECURE_PAYLOAD),
                RevocationSection.of(values));
    }
}
