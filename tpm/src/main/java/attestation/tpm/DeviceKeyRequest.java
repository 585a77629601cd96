// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which device identity key.
 *
 * @param kind IDevID or IAK
 * @param algorithm kind of key; with the TCG templates it decides the Name's hash
 * @param persistentHandle where it is; else it is made again from its template
 * @param auth password of a persistent key
 */
public record DeviceKeyRequest(
        Kind kind,
        EncryptionAlgorithm algorithm,
        OptionalInt persistentHandle,
        Optional<Auth> auth) {

    /** What the key is for. */
    public enum Kind {
        /** Identifies the device. */
        IDEVID("IDevID"),
        /** Attests the attestation key. */
        IAK("IAK");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** As the TCG writes it. */
        public String label() {
            return label;
        }
    }

    /** The TCG's templates, with the key each makes. */
    private enum Template {
        H1("H-1", EncryptionAlgorithm.RSA2048),
        H2("H-2", EncryptionAlgorithm.ECC256),
        H3("H-3", EncryptionAlgorithm.ECC384),
        H4("H-4", EncryptionAlgorithm.ECC521);

        private final String label;
        private final EncryptionAlgorithm algorithm;

        Template(String label, EncryptionAlgorithm algorithm) {
            this.label = label;
            this.algorithm = algorithm;
        }
    }

    /** A key made from its template. */
    public static DeviceKeyRequest of(Kind kind, EncryptionAlgorithm algorithm) {
        return new DeviceKeyRequest(kind, algorithm, OptionalInt.empty(), Optional.empty());
    }

    /** The kind of key of a TCG template name, {@code H-1} to {@code H-4}. */
    public static Optional<EncryptionAlgorithm> algorithmOf(String templateName) {
        return Arrays.stream(Template.values())
                .filter(t -> t.label.equals(templateName))
                .map(t -> t.algorithm)
                .findFirst();
    }

    /** Hash of the Name, of the scheme and of the policy. */
    public HashAlgorithm nameAlg() {
        return switch (algorithm) {
            case RSA2048, ECC256 -> HashAlgorithm.SHA256;
            case RSA3072, ECC384 -> HashAlgorithm.SHA384;
            case RSA4096, ECC521 -> HashAlgorithm.SHA512;
        };
    }
}
