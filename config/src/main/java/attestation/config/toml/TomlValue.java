// SPDX-License-Identifier: Apache-2.0
package attestation.config.toml;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** A value as a TOML file holds it, before anything is known about the key. Immutable. */
public sealed interface TomlValue {
    /** What it is, in words for an error text. */
    String kind();

    /** Text in quotes; dates and times, too, which no key of ours takes. */
    record Text(String value) implements TomlValue {
        @Override
        public String kind() {
            return "text";
        }
    }

    /** A whole number of any size. */
    record Whole(BigInteger value) implements TomlValue {
        @Override
        public String kind() {
            return "a whole number";
        }
    }

    /** A number with a fraction or an exponent, as it was written. */
    record Decimal(String value) implements TomlValue {
        @Override
        public String kind() {
            return "a decimal number";
        }
    }

    /** {@code true} or {@code false}. */
    record Bool(boolean value) implements TomlValue {
        @Override
        public String kind() {
            return "true or false";
        }
    }

    /** An array. */
    record Items(List<TomlValue> values) implements TomlValue {
        public Items {
            values = List.copyOf(values);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /** A table. */
    record Table(Map<String, TomlValue> values) implements TomlValue {
        @Override
        public String kind() {
            return "a table";
        }
    }
}
