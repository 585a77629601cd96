// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One block of PEM text (RFC 7468): 64 columns, a newline after each line, the last one too.
 *
 * @param label for example {@code PUBLIC KEY}
 */
public record Pem(String label, byte[] der) {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \\1-----");
    private static final Pattern SPACE = Pattern.compile("[ \\t\\r\\n]+");

    /** All blocks of a text, in order; text between them is passed over. */
    public static List<Pem> readAll(byte[] text) throws IdentityException {
        var blocks = new ArrayList<Pem>();
        var match = BLOCK.matcher(new String(text, StandardCharsets.ISO_8859_1));
        while (match.find()) {
            blocks.add(new Pem(match.group(1), decode(match.group(2))));
        }
        return blocks;
    }

    /** The first block with that label. */
    public static Optional<Pem> first(byte[] text, String label) throws IdentityException {
        return readAll(text).stream().filter(pem -> pem.label().equals(label)).findFirst();
    }

    private static byte[] decode(String base64) throws IdentityException {
        try {
            return Base64.getDecoder().decode(SPACE.matcher(base64).replaceAll(""));
        } catch (IllegalArgumentException e) {
            throw new IdentityException("PEM: not base64 (expected: base64 lines)", e);
        }
    }

    /** The block as text. */
    public String text() {
        var newline = new byte[] {'\n'};
        String lines = Base64.getMimeEncoder(64, newline).encodeToString(der);
        return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
                .replace("%n", "\n")
                .formatted(label, lines);
    }
}
