// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

final class GlobTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "/usr/bin/*, /usr/bin/true, true",
                "/usr/bin/*, /usr/bin/, true",
                "/usr/*/true, /usr/local/bin/true, true",
                "/usr/bin/*, /usr/sbin/true, false",
                "*.ko, /lib/modules/a.ko, true",
                "*.ko, /lib/modules/a.ko.xz, false",
                "*a*b*c, xxaxxbxxbc, true",
                "*a*b*c, xxaxxcxxb, false",
                "/bin/?, /bin/x, true",
                "/bin/?, /bin/, false",
                "/bin/?, /bin/ä, true",
                "/bin/?, /bin/😀, true",
                "/bin/ä, /bin/ä, true",
                "/usr/bin/[, /usr/bin/[, true",
                "/usr/bin/[ab]*, /usr/bin/bash, true",
                "/usr/bin/[ab]*, /usr/bin/cat, false",
                "/usr/bin/[!ab]*, /usr/bin/cat, true",
                "/usr/bin/[^a-c]*, /usr/bin/cat, false",
                "[a-cx-z], y, true",
                "[a-cx-z], d, false",
                "[]x], ], true",
                "[a-], -, true",
                "\\*, *, true",
                "\\*, x, false",
                "\\[a], [a], true",
                "a\\, a, false",
            })
    void matches_asShellsDo(String pattern, String name, boolean expected) {
        assertEquals(expected, new Glob(pattern).matches(name.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void matches_bytesThatAreNoText_oneByOne() {
        byte[] name = {'/', (byte) 0xff, (byte) 0xc3, '(', (byte) 0xed, (byte) 0xa0, (byte) 0x80};
        assertTrue(new Glob("/??(???").matches(name));
        assertTrue(new Glob("/*").matches(name));
        assertFalse(new Glob("/ÿ*").matches(name));
        assertTrue(new Glob("*\n*").matches("/a\nb".getBytes(StandardCharsets.UTF_8)));
    }

    /** A pattern like this on a name like this keeps a backtracking matcher busy for years. */
    @Test
    void matches_hostileName_ends() {
        byte[] name = new byte[4095];
        Arrays.fill(name, (byte) 'a');
        assertFalse(new Glob("*a".repeat(20) + "*b").matches(name));
    }
}
