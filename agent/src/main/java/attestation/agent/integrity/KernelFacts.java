// SPDX-License-Identifier: Apache-2.0
package attestation.agent.integrity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * The running kernel: version, configuration, command line; read once.
 *
 * @param release as {@code uname -r}, empty when it cannot be told
 * @param config options that are set, empty when no configuration is readable
 * @param arguments of its command line, empty when it cannot be told
 */
public record KernelFacts(
        Optional<String> release,
        Optional<Map<String, String>> config,
        Optional<List<String>> arguments) {
    private static final Pattern RELEASE = Pattern.compile("[\\w.+~-]{1,64}");
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");
    private static final Pattern OPTION = Pattern.compile("(CONFIG_\\w+)=(.*)");
    private static final int MAX_CONFIG = 4 << 20;

    /** Reads the facts of a host. */
    public static KernelFacts of(HostFiles files) {
        Optional<String> release =
                files.read("/proc/sys/kernel/osrelease")
                        .content()
                        .map(String::strip)
                        .filter(text -> RELEASE.matcher(text).matches());
        Optional<List<String>> arguments =
                files.read("/proc/cmdline").content().map(KernelFacts::words);
        return new KernelFacts(release, release.flatMap(name -> config(files, name)), arguments);
    }

    /** The option's value; {@code n} when the configuration is known and does not set it. */
    public Optional<String> option(String name) {
        return config.map(options -> options.getOrDefault(name, "n"));
    }

    /** Values of a command-line argument, in order. */
    public List<String> argument(String name) {
        return arguments.orElse(List.of()).stream()
                .filter(word -> word.startsWith(name + "="))
                .map(word -> word.substring(name.length() + 1))
                .toList();
    }

    /** Whether it is this version or a later one; empty when its version cannot be told. */
    public Optional<Boolean> atLeast(int major, int minor) {
        Matcher matcher = VERSION.matcher(release.orElse(""));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int actualMajor = Integer.parseInt(matcher.group(1));
        int actualMinor = Integer.parseInt(matcher.group(2));
        return Optional.of(actualMajor > major || (actualMajor == major && actualMinor >= minor));
    }

    private static Optional<Map<String, String>> config(HostFiles files, String release) {
        for (String path :
                List.of(
                        "/boot/config-" + release,
                        "/lib/modules/" + release + "/config",
                        "/usr/lib/modules/" + release + "/config")) {
            Optional<String> text = files.read(path).content();
            if (text.isPresent()) {
                return text.map(KernelFacts::options);
            }
        }
        return files.read("/proc/config.gz").content().flatMap(KernelFacts::unpacked);
    }

    private static Optional<Map<String, String>> unpacked(String gzip) {
        byte[] bytes = gzip.getBytes(StandardCharsets.ISO_8859_1);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            String text = new String(in.readNBytes(MAX_CONFIG), StandardCharsets.ISO_8859_1);
            return Optional.of(options(text));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Map<String, String> options(String text) {
        Map<String, String> options = new HashMap<>();
        text.lines()
                .map(OPTION::matcher)
                .filter(Matcher::matches)
                .forEach(option -> options.put(option.group(1), unquoted(option.group(2))));
        return options;
    }

    private static String unquoted(String value) {
        return value.replace("\"", "");
    }

    private static List<String> words(String line) {
        return List.of(line.replace("\"", "").strip().split("\\s+"));
    }
}
