// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

/** The versions that are switched on: at least one, each known, oldest first. */
public record ApiVersions(List<ApiVersion> ascending) implements Iterable<ApiVersion> {
    public ApiVersions {
        ascending = ascending.stream().distinct().sorted().toList();
        if (ascending.isEmpty() || !ApiVersion.SUPPORTED.containsAll(ascending)) {
            throw new IllegalArgumentException(
                    "api versions: %s (expected: one or more of %s)"
                            .formatted(ascending, ApiVersion.SUPPORTED));
        }
    }

    /** All that this agent can speak. */
    public static ApiVersions all() {
        return new ApiVersions(ApiVersion.SUPPORTED);
    }

    /** These, in any order. */
    public static ApiVersions of(Collection<ApiVersion> versions) {
        return new ApiVersions(List.copyOf(versions));
    }

    public ApiVersion newest() {
        return ascending.getLast();
    }

    public boolean contains(ApiVersion version) {
        return ascending.contains(version);
    }

    /** The texts, oldest first. */
    public List<String> names() {
        return ascending.stream().map(ApiVersion::toString).toList();
    }

    @Override
    public Iterator<ApiVersion> iterator() {
        return ascending.iterator();
    }

    /** As in log lines: {@code 2.1, 2.2}. */
    @Override
    public String toString() {
        return names().stream().collect(Collectors.joining(", "));
    }
}
