// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * The digest that a portable EVM signature covers: the values of all security attributes, owner,
 * group and mode; {@code evm_calc_hash} of the kernel.
 */
final class EvmDigest {
    private static final List<String> COVERED =
            List.of(
                    "security.selinux",
                    "security.SMACK64",
                    "security.SMACK64EXEC",
                    "security.SMACK64TRANSMUTE",
                    "security.SMACK64MMAP",
                    "security.apparmor",
                    FileVerifier.IMA,
                    "security.capability");
    private static final int MISC_BYTES = 24;

    private EvmDigest() {}

    /** Digests the file's attributes, as they are now, by {@code digest}. */
    static byte[] of(Path file, Xattrs xattrs, Ownership ownership, MessageDigest digest)
            throws IOException {
        for (String name : COVERED) {
            Optional<byte[]> value = xattrs.get(file, name);
            value.ifPresent(digest::update);
        }
        return digest.digest(misc(ownership));
    }

    /** {@code struct h_misc}: inode number and generation are zero in a portable signature. */
    private static byte[] misc(Ownership ownership) {
        return ByteBuffer.allocate(MISC_BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(0)
                .putInt(0)
                .putInt(ownership.uid())
                .putInt(ownership.gid())
                .putShort((short) ownership.mode())
                .array();
    }
}
