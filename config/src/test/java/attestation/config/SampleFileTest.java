// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.config.key.Key;
import attestation.config.key.Keys;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.regex.Pattern;

class SampleFileTest {
    @TempDir Path folder;

    @Test
    void render_withEveryKeyUncommented_loadsToTheDefaults() throws ConfigException {
        String sample = SampleFile.render().replaceAll("(?m)^#([a-z_]+ = )", "$1");

        AgentConfig fromSample = new ConfigFiles(folder, sample).load().config();
        AgentConfig defaults = new ConfigFiles(folder).load().config();

        assertEquals(defaults, fromSample);
    }

    @Test
    void render_asItIs_changesNothingAndNamesEveryKeyOnce() throws ConfigException {
        String sample = SampleFile.render();

        LoadedConfig loaded = new ConfigFiles(folder, sample).load();

        assertTrue(
                loaded.effective().rows().stream().allMatch(row -> row.origin().equals("default")));
        for (String section : Keys.sections().keySet()) {
            assertEquals(
                    1,
                    Pattern.compile("(?m)^\\[" + section + "\\]$")
                            .matcher(sample)
                            .results()
                            .count());
        }
        long keys = Pattern.compile("(?m)^#[a-z0-9_]+ = ").matcher(sample).results().count();
        assertEquals(Keys.all().size(), keys);
        assertTrue(
                sample.lines().allMatch(line -> line.length() <= 200 && line.equals(line.strip())));
    }

    @Test
    void keys_areDescribedAndLegalByDefault() {
        assertTrue(Keys.all().stream().allMatch(SampleFileTest::isSound));
        assertEquals(
                Keys.all().size(),
                Keys.all().stream().map(Key::environmentName).distinct().count());
    }

    private static <T> boolean isSound(Key<T> key) {
        assertEquals(key.standard(), key.require(key.standard()), key.name());
        assertTrue(key.description().endsWith("."), key.name());
        assertTrue(key.description().length() < 300, key.name());
        assertTrue(Keys.sections().containsKey(key.section()), key.name());
        assertTrue(key.option().matches("[a-z][a-z0-9_]*"), key.name());
        return true;
    }
}
