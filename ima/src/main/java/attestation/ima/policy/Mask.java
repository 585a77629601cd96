// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A rule's {@code mask=}.
 *
 * @param any with {@code ^}: matches an access that has this among others; else only this alone
 */
public record Mask(Access access, boolean any) {
    /** How a file is accessed. */
    public enum Access {
        MAY_EXEC,
        MAY_WRITE,
        MAY_READ,
        MAY_APPEND;

        static List<String> words() {
            return Arrays.stream(values()).map(Access::name).toList();
        }
    }

    boolean matches(Set<Access> wanted) {
        return any ? wanted.contains(access) : wanted.equals(EnumSet.of(access));
    }

    static Optional<Mask> of(String value) {
        boolean any = value.startsWith("^");
        return access(any ? value.substring(1) : value).map(access -> new Mask(access, any));
    }

    /** The access of this name. */
    public static Optional<Access> access(String word) {
        return Arrays.stream(Access.values()).filter(a -> a.name().equals(word)).findFirst();
    }
}
