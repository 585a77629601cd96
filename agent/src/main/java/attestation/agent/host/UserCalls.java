// SPDX-License-Identifier: Apache-2.0
package attestation.agent.host;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;

/**
 * The calls by which a process becomes another user; glibc and musl do each in all threads. Loading
 * this class loads JNA's native library: touch it only as root that is to become another.
 */
final class UserCalls {
    static {
        Native.register(UserCalls.class, "c");
    }

    private UserCalls() {}

    static native int initgroups(String user, int gid) throws LastErrorException;

    static native int setgid(int gid) throws LastErrorException;

    static native int setuid(int uid) throws LastErrorException;
}
