// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What may be done with payloads and revocation messages.
 *
 * @param agentId in messages and HMACs
 * @param enabled mutual TLS is on, or insecure payloads are allowed by name
 * @param keylimeDirectory working directory of revocation actions
 * @param secureDirectory the tmpfs; see {@link SecureFolder}
 * @param secureBytes its size; the bound of everything unpacked into it
 * @param keyFile name of the file that gets K ({@code enc_keyname})
 * @param payloadFile name of the file that gets the payload ({@code dec_payload_file})
 * @param unpackZip whether a ZIP is unpacked
 * @param script run after unpacking; empty for none
 * @param scriptTimeout for the script
 * @param actionTimeout for each revocation action
 * @param revocationCertificate whose key signs revocation messages
 * @param revocationActions run first, by name
 * @param revocationActionsDirectory where actions are looked up
 * @param payloadActionsAllowed whether actions may come from the payload
 * @param scriptSocket of the unit that runs scripts and actions; empty: they are children of ours
 */
public record PayloadSettings(
        String agentId,
        boolean enabled,
        Path keylimeDirectory,
        Path secureDirectory,
        long secureBytes,
        String keyFile,
        String payloadFile,
        boolean unpackZip,
        String script,
        Duration scriptTimeout,
        Duration actionTimeout,
        Path revocationCertificate,
        List<String> revocationActions,
        Path revocationActionsDirectory,
        boolean payloadActionsAllowed,
        Optional<Path> scriptSocket) {

    /** How long a script may run where nothing else is said. */
    public static final Duration SCRIPT_TIMEOUT = Duration.ofMinutes(10);

    public PayloadSettings {
        revocationActions = List.copyOf(revocationActions);
    }

    /** Where key, payload and its files are put. */
    Path unzipped() {
        return secureDirectory.resolve("unzipped");
    }

    Path keyPath() throws PayloadException {
        return named("enc_keyname", keyFile);
    }

    Path payloadPath() throws PayloadException {
        return named("dec_payload_file", payloadFile);
    }

    Path scriptPath() throws PayloadException {
        return named("payload_script", script);
    }

    private Path named(String option, String name) throws PayloadException {
        try {
            return SafeName.below(unzipped(), name);
        } catch (PayloadException e) {
            throw new PayloadException(option + ": " + e.getMessage(), e);
        }
    }
}
