// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import attestation.agent.keylime.wire.ApiVersion;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A path that begins with a version.
 *
 * @param segment the version as it was asked for, for example {@code v2.6}
 * @param version the version if it is one
 * @param rest what follows, empty or beginning with a slash
 */
record VersionedPath(String segment, Optional<ApiVersion> version, String rest) {
    private static final Pattern BEGINS_WITH_VERSION = Pattern.compile("v[0-9]+\\.[0-9]+.*");

    /** Empty when the path begins with something else. */
    static Optional<VersionedPath> parse(String path) {
        int slash = path.indexOf('/', 1);
        int end = slash < 0 ? path.length() : slash;
        String segment = path.substring(Math.min(1, end), end);
        if (!BEGINS_WITH_VERSION.matcher(segment).matches()) {
            return Optional.empty();
        }
        var version = ApiVersion.parse(segment.substring(1));
        return Optional.of(new VersionedPath(segment, version, path.substring(end)));
    }
}
