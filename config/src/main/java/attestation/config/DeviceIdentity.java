// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.TpmKeys;
import attestation.config.value.Secret;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * IAK and IDevID (TCG "TPM 2.0 Keys for Device Identity and Attestation").
 *
 * @param template {@code detect}, {@code manual} or {@code H-1} … {@code H-5}
 * @param asymmetricAlg {@code rsa} or {@code ecc}; counts with template {@code manual} only
 * @param nameAlg as TPM names it, for example {@code sha256}; counts with {@code manual} only
 */
public record DeviceIdentity(
        boolean enabled,
        String template,
        String asymmetricAlg,
        String nameAlg,
        DeviceKey iak,
        DeviceKey idevid) {
    /**
     * One of the two keys.
     *
     * @param handle persistent handle; empty: made from the template
     */
    public record DeviceKey(OptionalInt handle, Secret password, Optional<Path> certificate) {}

    public DeviceIdentity {
        TpmKeys.IAK_IDEVID_TEMPLATE.require(template);
        TpmKeys.IAK_IDEVID_ASYMMETRIC_ALG.require(asymmetricAlg);
        TpmKeys.IAK_IDEVID_NAME_ALG.require(nameAlg);
    }

    static DeviceIdentity of(Values values) {
        return new DeviceIdentity(
                values.get(TpmKeys.ENABLE_IAK_IDEVID),
                values.get(TpmKeys.IAK_IDEVID_TEMPLATE),
                values.get(TpmKeys.IAK_IDEVID_ASYMMETRIC_ALG),
                values.get(TpmKeys.IAK_IDEVID_NAME_ALG),
                new DeviceKey(
                        values.get(TpmKeys.IAK_HANDLE),
                        values.get(TpmKeys.IAK_PASSWORD),
                        values.get(TpmKeys.IAK_CERT)),
                new DeviceKey(
                        values.get(TpmKeys.IDEVID_HANDLE),
                        values.get(TpmKeys.IDEVID_PASSWORD),
                        values.get(TpmKeys.IDEVID_CERT)));
    }
}
