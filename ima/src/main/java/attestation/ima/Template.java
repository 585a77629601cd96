// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A template descriptor: the fields an entry has, in order.
 *
 * @param name as the list spells it; of a custom format the format string itself
 */
record Template(String name, List<FieldType> fields) {
    private static final Map<String, Template> KNOWN =
            Stream.of(
                            known("ima", "d|n"),
                            known("ima-ng", "d-ng|n-ng"),
                            known("ima-sig", "d-ng|n-ng|sig"),
                            known("ima-buf", "d-ng|n-ng|buf"),
                            known("ima-modsig", "d-ng|n-ng|sig|d-modsig|modsig"),
                            known(
                                    "evm-sig",
                                    "d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode"),
                            known("ima-ngv2", "d-ngv2|n-ng"),
                            known("ima-sigv2", "d-ngv2|n-ng|sig"))
                    .collect(Collectors.toUnmodifiableMap(Template::name, Function.identity()));

    Template {
        fields = List.copyOf(fields);
    }

    /** The template of this name or custom format; empty when a field of it is unknown. */
    static Optional<Template> of(String name) {
        Template known = KNOWN.get(name);
        return known != null ? Optional.of(known) : ofFormat(name, name);
    }

    /**
     * Template {@code ima} has its own binary layout and hash input; a custom {@code d|n} has not.
     */
    boolean isLegacy() {
        return name.equals("ima");
    }

    /** Whether the text of an entry ends in a string, which may contain newlines. */
    boolean endsInString() {
        return fields.getLast().print() == FieldType.Print.STRING;
    }

    private static Template known(String name, String format) {
        return ofFormat(name, format).orElseThrow();
    }

    private static Optional<Template> ofFormat(String name, String format) {
        List<FieldType> fields = new ArrayList<>();
        for (String id : format.split("\\|", -1)) {
            FieldType field = FieldType.of(id);
            if (field == null || fields.size() == Limits.MAX_FIELDS) {
                return Optional.empty();
            }
            fields.add(field);
        }
        return Optional.of(new Template(name, fields));
    }
}
