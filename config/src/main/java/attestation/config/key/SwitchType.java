// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import attestation.config.toml.Shown;
import attestation.config.toml.TomlValue;

/** {@code true} or {@code false}. */
record SwitchType() implements ValueType<Boolean> {
    @Override
    public Boolean fromToml(TomlValue value) throws BadValueException {
        if (value instanceof TomlValue.Bool(boolean bool)) {
            return bool;
        }
        throw new BadValueException(Shown.value(value), expected());
    }

    @Override
    public Boolean fromText(String text) throws BadValueException {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new BadValueException(Shown.text(text), expected());
        };
    }

    @Override
    public String expected() {
        return "true or false";
    }

    @Override
    public String text(Boolean value) {
        return value.toString();
    }

    @Override
    public String literal(Boolean value) {
        return value.toString();
    }
}
