// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the agent says beside the quote, where nothing but the quote is proof.
 *
 * @param hashAlg name of the hash
 * @param encAlg name of the key kind
 * @param signAlg name of the scheme
 * @param listEntry index of the list's first line; present iff a list came
 * @param bootTime seconds since the epoch
 */
record Claims(
        String hashAlg,
        String encAlg,
        String signAlg,
        OptionalLong listEntry,
        OptionalLong bootTime) {
    private static final String LIST_ENTRY = "ima_measurement_list_entry";

    static Claims of(AgentAnswer answer) throws RefutedException {
        return new Claims(
                name("hash_alg", answer.hashAlg()),
                name("enc_alg", answer.encAlg()),
                name("sign_alg", answer.signAlg()),
                answer.hasList()
                        ? OptionalLong.of(answer.listEntry().orElse(0))
                        : OptionalLong.empty(),
                answer.bootTime());
    }

    static Claims parse(byte[] bytes) throws RefutedException {
        KeyValues values = KeyValues.parse("answer", bytes);
        Claims claims =
                new Claims(
                        name("hash_alg", values.text("hash_alg")),
                        name("enc_alg", values.text("enc_alg")),
                        name("sign_alg", values.text("sign_alg")),
                        number(values, LIST_ENTRY),
                        number(values, "boottime"));
        if (!java.util.Arrays.equals(claims.bytes(), bytes)) {
            throw new RefutedException("answer: members unknown or in another order");
        }
        return claims;
    }

    byte[] bytes() {
        KeyValues values = new KeyValues("answer");
        values.put("hash_alg", hashAlg);
        values.put("enc_alg", encAlg);
        values.put("sign_alg", signAlg);
        listEntry.ifPresent(entry -> values.put(LIST_ENTRY, entry));
        bootTime.ifPresent(time -> values.put("boottime", time));
        return values.bytes();
    }

    private static OptionalLong number(KeyValues values, String name) throws RefutedException {
        Optional<String> text = values.optional(name);
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(values.number(name));
    }

    private static String name(String member, String text) throws RefutedException {
        if (!text.matches("[a-z0-9_]{1,32}")) {
            throw new RefutedException(
                    "answer, " + member, Printable.text(text), "the name of an algorithm");
        }
        return text;
    }
}
