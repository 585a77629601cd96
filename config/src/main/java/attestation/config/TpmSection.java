// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.TpmKeys;
import attestation.config.value.Secret;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * The TPM and the keys in it.
 *
 * @param tcti {@code device:…} or {@code swtpm:…}; empty: the host's device
 * @param hashAlg {@code sha1}, {@code sha256}, {@code sha384}, {@code sha512} or {@code sm3_256}
 * @param encryptionAlg always with its size: {@code rsa2048}, {@code ecc256}, …
 * @param signingAlg {@code rsassa}, {@code rsapss} or {@code ecdsa}; fits {@code encryptionAlg}
 * @param ekHandle persistent handle; empty: created from the TCG's template
 */
public record TpmSection(
        String tcti,
        String hashAlg,
        String encryptionAlg,
        String signingAlg,
        OptionalInt ekHandle,
        Secret endorsementPassword,
        Secret ownerPassword,
        int queueLimit,
        Duration commandTimeout,
        Path agentDataPath,
        boolean sealState,
        DeviceIdentity deviceIdentity) {
    public TpmSection {
        TpmKeys.TCTI.require(tcti);
        TpmKeys.HASH_ALG.require(hashAlg);
        TpmKeys.ENCRYPTION_ALG.require(encryptionAlg);
        TpmKeys.SIGNING_ALG.require(signingAlg);
        TpmKeys.EK_HANDLE.require(ekHandle);
        TpmKeys.QUEUE_LIMIT.require(queueLimit);
        TpmKeys.COMMAND_TIMEOUT_S.require(Math.toIntExact(commandTimeout.toSeconds()));
        boolean rsa = encryptionAlg.startsWith("rsa");
        new Rules()
                .require(
                        rsa == signingAlg.startsWith("rsa"),
                        signingAlg
                                + " does not fit a key of "
                                + encryptionAlg
                                + " (expected: "
                                + (rsa ? "rsassa or rsapss" : "ecdsa")
                                + ")",
                        TpmKeys.SIGNING_ALG,
                        TpmKeys.ENCRYPTION_ALG)
                .enforce();
    }

    static TpmSection of(Values values) {
        return new TpmSection(
                values.get(TpmKeys.TCTI),
                values.get(TpmKeys.HASH_ALG),
                values.get(TpmKeys.ENCRYPTION_ALG),
                values.get(TpmKeys.SIGNING_ALG),
                values.get(TpmKeys.EK_HANDLE),
                values.get(TpmKeys.ENDORSEMENT_PASSWORD),
                values.get(TpmKeys.OWNER_PASSWORD),
                values.get(TpmKeys.QUEUE_LIMIT),
                Duration.ofSeconds(values.get(TpmKeys.COMMAND_TIMEOUT_S)),
                values.get(TpmKeys.AGENT_DATA_PATH),
                values.get(TpmKeys.SEAL_STATE),
                DeviceIdentity.of(values));
    }
}
