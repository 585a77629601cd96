// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** Puts into words why the list cannot be read. */
final class ListFailure {
    private ListFailure() {}

    static FollowState of(Path list, IOException failure) {
        FollowState.Kind kind = kind(failure);
        String words =
                switch (kind) {
                    case ABSENT ->
                            "no such file (expected: a kernel with IMA, and securityfs mounted)";
                    case BUSY -> "busy, somebody is trimming it; it is tried again";
                    default ->
                            failure instanceof AccessDeniedException
                                    ? "permission denied (expected: readable by the agent's group)"
                                    : String.valueOf(failure.getMessage());
                };
        return new FollowState(kind, "list " + list + ": " + words);
    }

    private static FollowState.Kind kind(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return FollowState.Kind.ABSENT;
        }
        String reason =
                failure instanceof FileSystemException f ? f.getReason() : failure.getMessage();
        boolean busy = reason != null && reason.toLowerCase(Locale.ROOT).contains("busy");
        return busy ? FollowState.Kind.BUSY : FollowState.Kind.UNREADABLE;
    }
}
