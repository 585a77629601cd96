// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.random.RandomGenerator;

/** Nonces as Keylime's verifier makes them. */
final class Nonce {
    static final int LENGTH = 20;
    private static final String ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private Nonce() {}

    /** Twenty letters and digits, 119 bits. */
    static String make(RandomGenerator random) {
        StringBuilder nonce = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            nonce.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return nonce.toString();
    }

    static boolean wellFormed(String text) {
        return !text.isEmpty()
                && text.length() <= 64
                && text.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0);
    }
}
