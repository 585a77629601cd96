// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The public part of an AK.
 *
 * @param key its key
 * @param area what the TPM says of it; empty where only the key is known
 */
record AttestationKey(PublicKey key, Optional<TpmtPublic> area) {

    /** The TPM's Name in hex where it is known, else {@code sha256:} and the hash of the key. */
    String label() {
        return area.map(known -> HexFormat.of().formatHex(known.name()))
                .orElseGet(this::fingerprint);
    }

    /** Tells keys apart whatever form they came in. */
    String fingerprint() {
        return "sha256:" + HexFormat.of().formatHex(HashAlg.SHA256.hash(key.getEncoded()));
    }

    /** Whether key and, where both know it, public area are the same. */
    boolean same(AttestationKey other) {
        boolean sameArea =
                area.isEmpty()
                        || other.area.isEmpty()
                        || Arrays.equals(area.get().bytes(), other.area.get().bytes());
        return sameArea && Arrays.equals(key.getEncoded(), other.key.getEncoded());
    }

    /** Kind and size, for example {@code RSA 2048}. */
    String kind() {
        return switch (key) {
            case RSAPublicKey rsa -> "RSA " + rsa.getModulus().bitLength();
            case ECPublicKey ec -> "ECC P-" + ec.getParams().getCurve().getField().getFieldSize();
            default -> key.getAlgorithm();
        };
    }

    /** Kind and size as Keylime's answers name it, for example {@code rsa2048}. */
    String encAlg() {
        return switch (key) {
            case RSAPublicKey rsa -> "rsa" + rsa.getModulus().bitLength();
            case ECPublicKey ec -> "ecc" + ec.getParams().getCurve().getField().getFieldSize();
            default -> key.getAlgorithm();
        };
    }

    /** Whether this name is its: {@code rsa} is 2048 bits, {@code ecc} is P-256. */
    boolean isCalled(String encAlg) {
        String sized =
                switch (encAlg) {
                    case "rsa" -> "rsa2048";
                    case "ecc" -> "ecc256";
                    default -> encAlg.replaceFirst("^ecc_nist_p", "ecc");
                };
        return sized.equals(encAlg());
    }
}
