// SPDX-License-Identifier: Apache-2.0
package attestation.agent.installed;

import java.nio.file.Path;
import java.util.Map;

/**
 * One of our own files.
 *
 * @param path absolute, without links, as the kernel measures it
 * @param digests kernel's name of the hash, such as {@code sha256}, to hex digits; never empty
 */
public record OwnFile(Path path, Map<String, String> digests) {
    public OwnFile {
        digests = Map.copyOf(digests);
    }
}
