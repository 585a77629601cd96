// SPDX-License-Identifier: Apache-2.0
package attestation.config.value;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where this host's id comes from. */
public sealed interface AgentId {
    /** The words that name a source. */
    enum Source implements AgentId {
        /** SHA-256 of the endorsement key's public part; the same as long as the TPM is. */
        HASH_EK,
        /** A random id, made at the first start and kept. */
        GENERATE,
        /** The system UUID of the firmware. */
        DMIDECODE,
        /** {@code /etc/machine-id}. */
        MACHINE_ID,
        /** The host's name. */
        HOSTNAME;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * This very id.
     *
     * @param id letters, digits, underscore, hyphen and dot, at most 80
     */
    record Fixed(String id) implements AgentId {
        private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_.-]{1,80}");

        public Fixed {
            // Dots alone would climb in the paths that servers and payloads make of an id.
            if (!FORM.matcher(id).matches() || id.replace(".", "").isEmpty()) {
                throw new IllegalArgumentException("not an agent id");
            }
        }

        /** Whether it is a UUID in its usual form. */
        public boolean isUuid() {
            return uuid(id).filter(id::equals).isPresent();
        }

        @Override
        public String toString() {
            return id;
        }
    }

    /** What {@link #parse} takes, in words. */
    String EXPECTED =
            "hash_ek, generate, dmidecode, machine_id, hostname, a UUID, or an id of at most 80"
                    + " letters, digits and _.-";

    /**
     * A source's name or a fixed id. Every form of a UUID (upper case, in braces, {@code
     * urn:uuid:}, without hyphens) becomes the usual one, as Keylime's agent does.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static AgentId parse(String text) {
        Optional<Source> source =
                Arrays.stream(Source.values()).filter(s -> s.toString().equals(text)).findFirst();
        return source.isPresent() ? source.get() : new Fixed(uuid(text).orElse(text));
    }

    private static Optional<String> uuid(String text) {
        String digits =
                "([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})";
        Matcher found =
                Pattern.compile(
                                "(?:urn:uuid:" + digits + "|\\{" + digits + "\\}|" + digits + ")",
                                Pattern.CASE_INSENSITIVE)
                        .matcher(text);
        if (!found.matches()) {
            return Optional.empty();
        }
        String hex = found.group().replaceFirst("(?i)^urn:uuid:", "").replaceAll("[{}-]", "");
        return Optional.of(
                hex.toLowerCase(Locale.ROOT)
                        .replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5"));
    }
}
