// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Lines of {@code name=value}, of which there is one spelling only. */
final class KeyValues {
    private final String what;
    private final Map<String, String> values = new LinkedHashMap<>();

    KeyValues(String what) {
        this.what = what;
    }

    static KeyValues parse(String what, byte[] bytes) throws RefutedException {
        KeyValues parsed = new KeyValues(what);
        for (String line : new String(bytes, StandardCharsets.US_ASCII).split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                parsed.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        if (!Arrays.equals(parsed.bytes(), bytes)) {
            throw new RefutedException(what + ": not lines of name=value, each name once");
        }
        return parsed;
    }

    void put(String name, Object value) {
        values.put(name, value.toString());
    }

    byte[] bytes() {
        StringBuilder text = new StringBuilder();
        values.forEach((name, value) -> text.append(name + "=" + value + "\n"));
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    String text(String name) throws RefutedException {
        return optional(name)
                .orElseThrow(() -> new RefutedException(what + ": no " + name + " in it"));
    }

    Optional<String> optional(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** A decimal number from 0 on, without leading zeros. */
    long number(String name) throws RefutedException {
        return Numbers.decimal(what + ", " + name, text(name));
    }
}
