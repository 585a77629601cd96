// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import attestation.config.toml.Shown;
import attestation.config.toml.TomlValue;

import java.math.BigInteger;
import java.util.regex.Pattern;

/** A whole number between two bounds, both included. */
record WholeType(int min, int max) implements ValueType<Integer> {
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,20}");

    @Override
    public Integer fromToml(TomlValue value) throws BadValueException {
        if (value instanceof TomlValue.Whole(BigInteger number)) {
            return inRange(number);
        }
        throw new BadValueException(Shown.value(value), "a whole number, " + expected());
    }

    @Override
    public Integer fromText(String text) throws BadValueException {
        if (!NUMBER.matcher(text).matches()) {
            throw new BadValueException(Shown.text(text), "a whole number, " + expected());
        }
        return inRange(new BigInteger(text));
    }

    private Integer inRange(BigInteger number) throws BadValueException {
        if (number.compareTo(BigInteger.valueOf(min)) < 0
                || number.compareTo(BigInteger.valueOf(max)) > 0) {
            throw new BadValueException(Shown.name(number.toString()), expected());
        }
        return number.intValueExact();
    }

    @Override
    public String expected() {
        return min + ".." + max;
    }

    @Override
    public String text(Integer value) {
        return value.toString();
    }

    @Override
    public String literal(Integer value) {
        return value.toString();
    }
}
