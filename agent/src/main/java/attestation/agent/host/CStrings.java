// SPDX-License-Identifier: Apache-2.0
package attestation.agent.host;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** What C takes as {@code const char *}. */
final class CStrings {
    private CStrings() {}

    /** The bytes of the name, as the JDK itself gives them to the kernel. */
    static byte[] of(Path file) {
        String name = System.getProperty("sun.jnu.encoding", "UTF-8");
        return terminated(file.toString().getBytes(Charset.forName(name)));
    }

    static byte[] ofAscii(String text) {
        return terminated(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] terminated(byte[] bytes) {
        return Arrays.copyOf(bytes, bytes.length + 1);
    }
}
