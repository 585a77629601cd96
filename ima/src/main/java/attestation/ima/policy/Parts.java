// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Names of the conditions and options that a rule has. */
final class Parts {
    private final Set<String> names = new LinkedHashSet<>();

    void addIf(boolean present, String name) {
        if (present) {
            names.add(name);
        }
    }

    boolean has(String name) {
        return names.contains(name);
    }

    Optional<String> otherThan(Set<String> allowed) {
        return names.stream().filter(name -> !allowed.contains(name)).findFirst();
    }

    Optional<String> among(Set<String> refused) {
        return names.stream().filter(refused::contains).findFirst();
    }
}
