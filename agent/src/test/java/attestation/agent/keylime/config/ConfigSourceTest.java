// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import attestation.config.ConfigException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.Optional;

class ConfigSourceTest {
    private static final String OURS = "/etc/attestation-agent/agent.toml";
    private static final String THEIRS = "/etc/keylime/agent.conf";

    @TempDir Path root;

    private String chosen(KeylimeHost host, Optional<Path> option) throws ConfigException {
        return host.choose(option).describe().replace(root.toString(), "");
    }

    @Test
    void choose_nothingNamed_prefersOurs() throws ConfigException {
        KeylimeHost host = new KeylimeHost(root).file(OURS, "").file(THEIRS, "");

        assertEquals(
                "configuration " + OURS + ", since the standard file",
                chosen(host, Optional.empty()));
    }

    @Test
    void choose_onlyKeylimesThere_takesItAndSaysSo() throws ConfigException {
        assertEquals(
                "Keylime's configuration " + THEIRS + ", since there is no " + OURS,
                chosen(new KeylimeHost(root).file(THEIRS, ""), Optional.empty()));
    }

    @Test
    void choose_variableSet_beatsStandardFiles() throws ConfigException {
        KeylimeHost host =
                new KeylimeHost(root)
                        .file(OURS, "")
                        .environment("KEYLIME_AGENT_CONFIG", root + "/x");

        assertEquals(
                "Keylime's configuration /x, since KEYLIME_AGENT_CONFIG names it",
                chosen(host, Optional.empty()));
    }

    @Test
    void choose_emptyVariable_doesNotCount() throws ConfigException {
        KeylimeHost host =
                new KeylimeHost(root).file(OURS, "").environment("KEYLIME_AGENT_CONFIG", "");

        assertEquals(
                "configuration " + OURS + ", since the standard file",
                chosen(host, Optional.empty()));
    }

    @Test
    void choose_nothingThere_namesBoth() {
        ConfigException thrown =
                assertThrows(
                        ConfigException.class,
                        () -> new KeylimeHost(root).choose(Optional.empty()));

        assertEquals(
                "no configuration: neither " + OURS + " nor " + THEIRS + " is there",
                thrown.problems().getFirst().text().replace(root.toString(), ""));
    }

    @Test
    void choose_namedFileAbsent_isRefused() {
        ConfigException thrown =
                assertThrows(
                        ConfigException.class,
                        () -> new KeylimeHost(root).choose(Optional.of(root.resolve("x.toml"))));

        assertEquals(
                "cannot read /x.toml: no such file",
                thrown.problems().getFirst().text().replace(root.toString(), ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "x|`[agent]\nuuid = 'a'\nip = '::'`|true|it has Keylime's option ip",
                "x|`[agent]\nkeylime_dir = '/a'`|true|it has Keylime's option keylime_dir",
                "x|`[agent]\nuuid = 'a'\n[https]\nport = 1`|false|it has a section [https]",
                "x.conf|`[agent]\nstate_dir = '/a'`|false|it has the key agent.state_dir",
                "x.conf|`[agent]\nip = '::'\n[https]\nport = 1`|false|it has a section [https]",
                "x.conf|`[agent]\nuuid = 'a'`|true|its name ends in .conf",
                "x.toml|`[agent]\nuuid = 'a'`|false|its name ends not in .conf",
                "x.toml|``|false|its name ends not in .conf",
            })
    void choose_namedFile_isToldApartByWhatIsInIt(
            String name, String text, boolean keylime, String reason) throws ConfigException {
        KeylimeHost host =
                new KeylimeHost(root)
                        .file("/" + name, text)
                        .environment("KEYLIME_AGENT_CONFIG", "/elsewhere");

        ConfigSource source = host.choose(Optional.of(root.resolve(name)));

        assertEquals(keylime, source.isKeylime());
        assertEquals(root.resolve(name), source.file());
        assertEquals(
                (keylime ? "Keylime's configuration /" : "configuration /")
                        + name
                        + ", since "
                        + reason,
                chosen(host, Optional.of(root.resolve(name))));
    }

    @Test
    void choose_keylimesOwnFileNamed_readsTheVendorsAsWell() throws ConfigException {
        KeylimeHost host =
                new KeylimeHost(root)
                        .file("/usr/etc/keylime/agent.conf", "[agent]\nport = 5\n")
                        .file(THEIRS, "[agent]\nip = '::1'\n")
                        .file(THEIRS + ".d/a", "[agent]\ncontact_port = 6\n");
        ConfigSource source = host.choose(Optional.of(root.resolve(THEIRS.substring(1))));

        var config = source.load(java.util.Map.of(), attestation.config.FileCheck.SKIPPED).config();

        assertEquals(5, config.https().port());
        assertEquals("::1", config.https().ip());
        assertEquals(6, config.agent().contactPort());
    }
}
