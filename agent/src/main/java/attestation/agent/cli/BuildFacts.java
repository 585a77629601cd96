// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What the build wrote down of itself; the same from the same sources.
 *
 * @param rest name to value, sorted
 */
record BuildFacts(String version, Map<String, String> rest) {
    static BuildFacts read() {
        try (InputStream in = BuildFacts.class.getResourceAsStream("build.properties")) {
            if (in == null) {
                throw new IllegalStateException("build.properties is not in this build");
            }
            Properties properties = new Properties();
            properties.load(in);
            Map<String, String> facts = new TreeMap<>();
            properties.stringPropertyNames().forEach(n -> facts.put(n, properties.getProperty(n)));
            String version = facts.remove("version");
            return new BuildFacts(version == null ? "unknown" : version, facts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
