// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import java.util.Map;

/** Names of the TCG Algorithm Registry, for people. */
final class AlgorithmNames {
    private static final Map<Integer, String> ALGORITHMS =
            Map.ofEntries(
                    Map.entry(0x0001, "rsa"),
                    Map.entry(0x0003, "tdes"),
                    Map.entry(0x0004, "sha1"),
                    Map.entry(0x0005, "hmac"),
                    Map.entry(0x0006, "aes"),
                    Map.entry(0x0007, "mgf1"),
                    Map.entry(0x0008, "keyedhash"),
                    Map.entry(0x000a, "xor"),
                    Map.entry(0x000b, "sha256"),
                    Map.entry(0x000c, "sha384"),
                    Map.entry(0x000d, "sha512"),
                    Map.entry(0x0012, "sm3_256"),
                    Map.entry(0x0013, "sm4"),
                    Map.entry(0x0014, "rsassa"),
                    Map.entry(0x0015, "rsaes"),
                    Map.entry(0x0016, "rsapss"),
                    Map.entry(0x0017, "oaep"),
                    Map.entry(0x0018, "ecdsa"),
                    Map.entry(0x0019, "ecdh"),
                    Map.entry(0x001a, "ecdaa"),
                    Map.entry(0x001b, "sm2"),
                    Map.entry(0x001c, "ecschnorr"),
                    Map.entry(0x001d, "ecmqv"),
                    Map.entry(0x0020, "kdf1_sp800_56a"),
                    Map.entry(0x0021, "kdf2"),
                    Map.entry(0x0022, "kdf1_sp800_108"),
                    Map.entry(0x0023, "ecc"),
                    Map.entry(0x0025, "symcipher"),
                    Map.entry(0x0026, "camellia"),
                    Map.entry(0x0027, "sha3_256"),
                    Map.entry(0x0028, "sha3_384"),
                    Map.entry(0x0029, "sha3_512"),
                    Map.entry(0x003f, "cmac"),
                    Map.entry(0x0040, "ctr"),
                    Map.entry(0x0041, "ofb"),
                    Map.entry(0x0042, "cbc"),
                    Map.entry(0x0043, "cfb"),
                    Map.entry(0x0044, "ecb"));

    private static final Map<Integer, String> CURVES =
            Map.of(
                    0x0001, "nist_p192",
                    0x0002, "nist_p224",
                    0x0003, "nist_p256",
                    0x0004, "nist_p384",
                    0x0005, "nist_p521",
                    0x0010, "bn_p256",
                    0x0011, "bn_p638",
                    0x0020, "sm2_p256");

    private AlgorithmNames() {}

    static String algorithm(int id) {
        return ALGORITHMS.getOrDefault(id, "0x" + Integer.toHexString(id));
    }

    static String curve(int id) {
        return CURVES.getOrDefault(id, "0x" + Integer.toHexString(id));
    }
}
