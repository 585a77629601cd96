// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Opens the list for reading. */
@FunctionalInterface
interface ListOpener {
    /** As every file is opened. */
    ListOpener PLAIN = list -> FileChannel.open(list, StandardOpenOption.READ);

    /**
     * @throws java.nio.file.FileSystemException when it is not there, or somebody trims it (EBUSY)
     */
    FileChannel open(Path list) throws IOException;
}
