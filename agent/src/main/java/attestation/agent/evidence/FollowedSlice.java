// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.ima.follow.Slice;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Lines as the follower keeps them. */
record FollowedSlice(Slice slice) implements ListSlice {
    @Override
    public long firstLine() {
        return slice.firstLine();
    }

    @Override
    public long lines() {
        return slice.lines();
    }

    @Override
    public long bytes() {
        return slice.bytes();
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
        return slice.read(offset, target);
    }

    @Override
    public boolean needsEscaping() {
        return slice.needsEscaping();
    }
}
