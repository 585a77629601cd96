// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import attestation.config.toml.Shown;
import attestation.config.toml.TomlValue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A list of texts; in the environment its elements are separated by commas. */
record ListType<E>(ValueType<E> element, int maxElements) implements ValueType<List<E>> {
    @Override
    public List<E> fromToml(TomlValue value) throws BadValueException {
        if (!(value instanceof TomlValue.Items(List<TomlValue> items))) {
            throw new BadValueException(Shown.value(value), expected());
        }
        requireCount(items.size());
        List<E> out = new ArrayList<>();
        for (TomlValue item : items) {
            out.add(element.fromToml(item));
        }
        return List.copyOf(out);
    }

    @Override
    public List<E> fromText(String text) throws BadValueException {
        String[] words = text.isBlank() ? new String[0] : text.split(",", -1);
        requireCount(words.length);
        List<E> out = new ArrayList<>();
        for (String word : words) {
            out.add(element.fromText(word.strip()));
        }
        return List.copyOf(out);
    }

    private void requireCount(int count) throws BadValueException {
        if (count > maxElements) {
            throw new BadValueException(count + " elements", "at most " + maxElements);
        }
    }

    @Override
    public void check(List<E> value) throws BadValueException {
        requireCount(value.size());
        for (E item : value) {
            element.check(item);
        }
    }

    @Override
    public String expected() {
        return "a list of: " + element.expected();
    }

    @Override
    public String text(List<E> value) {
        return value.stream().map(element::text).collect(Collectors.joining(","));
    }

    @Override
    public String literal(List<E> value) {
        return value.stream().map(element::literal).collect(Collectors.joining(", ", "[", "]"));
    }

    @Override
    public List<E> resolve(List<E> value, Path base) {
        return value.stream().map(item -> element.resolve(item, base)).toList();
    }
}
