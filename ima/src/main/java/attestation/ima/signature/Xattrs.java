// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Extended attributes of files; whoever has native calls provides them. */
public interface Xattrs {
    /**
     * An attribute's value, symbolic links followed; empty when the file has none of that name.
     *
     * @param name with its namespace, such as {@code security.ima}
     * @throws IOException when that cannot be told; the message says why
     */
    Optional<byte[]> get(Path file, String name) throws IOException;

    /**
     * Sets an attribute, whether it was there or not.
     *
     * @throws IOException when it could not be set; the message says why
     */
    void set(Path file, String name, byte[] value) throws IOException;
}
