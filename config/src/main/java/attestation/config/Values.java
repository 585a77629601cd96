// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.AgentKeys;
import attestation.config.key.Key;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A legal value for every key: the assigned one, else the default. Confined to one thread. */
final class Values {
    private final Map<Key<?>, Assigned<?>> assigned = new HashMap<>();

    <T> void put(Key<T> key, Assigned<T> value) {
        assigned.put(key, value);
    }

    /** The value with relative paths resolved. */
    <T> T get(Key<T> key) {
        return key.type().resolve(assigned(key).value(), stateDir());
    }

    /** How a key's value is shown; secrets are masked. */
    <T> String shown(Key<T> key) {
        return key.shown(get(key));
    }

    // Only put() fills the map, and it ties the value's type to the key's.
    @SuppressWarnings("unchecked")
    <T> Assigned<T> assigned(Key<T> key) {
        Assigned<?> found = assigned.get(key);
        return found == null
                ? new Assigned<>(key.standard(), Origin.DEFAULT, key.name())
                : (Assigned<T>) found;
    }

    private Path stateDir() {
        return assigned(AgentKeys.STATE_DIR).value();
    }
}
