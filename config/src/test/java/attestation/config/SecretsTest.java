// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.config.key.Key;
import attestation.config.key.Keys;
import attestation.config.value.Secret;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A password never shows, whatever is done with it, for every key that holds one. */
class SecretsTest {
    private static final String SECRET = "hunter2";

    @TempDir Path folder;

    static Stream<Key<?>> secrets() {
        return Keys.all().stream().filter(Key::secret);
    }

    @Test
    void secrets_areThoseWeKnow() {
        assertEquals(
                List.of(
                        "https.server_key_password",
                        "tpm.endorsement_password",
                        "tpm.owner_password",
                        "tpm.iak_password",
                        "tpm.idevid_password",
                        "payload.key_password"),
                secrets().map(Key::name).toList());
        assertTrue(
                Keys.all().stream()
                        .filter(key -> key.option().contains("password"))
                        .allMatch(Key::secret));
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void load_goodSecret_showsNowhere(Key<?> key) throws ConfigException {
        LoadedConfig loaded = with(key, '"' + SECRET + '"').load();

        assertFalse(loaded.toString().contains(SECRET));
        assertFalse(loaded.effective().render().contains(SECRET));
        assertTrue(loaded.effective().render().contains(key.name() + " = ***"));
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void load_badSecret_showsNowhere(Key<?> key) {
        for (String literal :
                List.of(
                        SECRET,
                        "\"" + SECRET,
                        "\"" + SECRET + "\\q\"",
                        "\"hex:" + SECRET + "\"",
                        "[\"" + SECRET + "\"]",
                        "\"\"\"" + SECRET,
                        "{a = \"" + SECRET + "\"}",
                        "\"" + SECRET + "\"\n" + key.option() + " = \"" + SECRET + "\"",
                        "\"" + SECRET.repeat(1000) + "\"")) {
            ConfigException thrown =
                    assertThrows(ConfigException.class, () -> with(key, literal).load(), literal);
            assertFalse(trace(thrown).contains(SECRET), () -> trace(thrown));
        }
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void load_badSecretFromEnvironment_showsNowhere(Key<?> key) {
        List<String> problems =
                new ConfigFiles(folder)
                        .environment(key.environmentName(), "hex:" + SECRET)
                        .problems();

        assertEquals(
                List.of(
                        key.name()
                                + ": *** (expected: text, or hex: and an even number of hexadecimal"
                                + " digits, at most 1024 bytes) [environment "
                                + key.environmentName()
                                + "]"),
                problems);
    }

    @Test
    void secret_hexAndText_giveTheirBytes() {
        assertArrayEquals(new byte[] {0x0a, (byte) 0xff}, Secret.of("hex:0aFF").bytes());
        assertArrayEquals("ä".getBytes(StandardCharsets.UTF_8), Secret.of("ä").bytes());
        assertEquals(Secret.of("a"), Secret.of("a"));
        assertNotEquals(Secret.of("a"), Secret.of("b"));
        assertEquals("***", Secret.of("a").toString());
        assertEquals("", Secret.NONE.toString());
    }

    private ConfigFiles with(Key<?> key, String literal) {
        return new ConfigFiles(folder, "[" + key.section() + "]", key.option() + " = " + literal);
    }

    private static String trace(Throwable thrown) {
        StringWriter out = new StringWriter();
        thrown.printStackTrace(new PrintWriter(out));
        return out.toString();
    }
}
