// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.HashAlgorithms;

import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What is followed and where it is kept.
 *
 * @param list the list, in any format
 * @param inherited an open list to begin with, such as standard input; then {@code list} is opened
 *     only if it must be opened again
 * @param count {@code runtime_measurements_count}; empty when it cannot be had
 * @param keepOpen whether the list stays open between drains
 * @param spoolDir existing directory on disk for the spool file
 * @param spoolCapBytes largest size of the spool; what lies beyond is read from the kernel again
 * @param boot which boot this is
 * @param algorithms hashes to prove entries with
 * @param clock for growth times and the pace of retries
 */
public record FollowerSettings(
        Path list,
        Optional<FileChannel> inherited,
        Optional<Path> count,
        KeepOpen keepOpen,
        Path spoolDir,
        long spoolCapBytes,
        BootIdentity boot,
        HashAlgorithms algorithms,
        InstantSource clock) {
    public FollowerSettings {
        if (spoolCapBytes < 0) {
            throw new IllegalArgumentException(
                    "spool cap: " + spoolCapBytes + " (expected: 0 or more bytes)");
        }
    }

    /** With the JDK's hashes and the system's clock. */
    public FollowerSettings(
            Path list,
            Optional<Path> count,
            KeepOpen keepOpen,
            Path spoolDir,
            long spoolCapBytes,
            BootIdentity boot) {
        this(
                list,
                Optional.empty(),
                count,
                keepOpen,
                spoolDir,
                spoolCapBytes,
                boot,
                HashAlgorithms.standard(),
                InstantSource.system());
    }
}
