// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import java.util.List;

/** The keys whose signatures count. */
public record TrustedKeys(List<TrustedKey> all) {
    public TrustedKeys {
        all = List.copyOf(all);
    }

    /** Every key that a signature with this id may mean: ids of 32 bits collide. */
    List<TrustedKey> withId(int keyId) {
        return all.stream().filter(key -> key.hasId(keyId)).toList();
    }
}
