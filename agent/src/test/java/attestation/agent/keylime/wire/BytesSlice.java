// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

import attestation.agent.evidence.ListSlice;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A slice over bytes in memory, which may give them in small pieces. */
public record BytesSlice(long firstLine, byte[] content, int pieceBytes) implements ListSlice {
    public static BytesSlice of(long firstLine, String text) {
        return new BytesSlice(firstLine, text.getBytes(StandardCharsets.UTF_8), Integer.MAX_VALUE);
    }

    @Override
    public long lines() {
        long lines = 0;
        for (byte value : content) {
            lines += value == '\n' ? 1 : 0;
        }
        return lines;
    }

    @Override
    public long bytes() {
        return content.length;
    }

    @Override
    public int read(long offset, ByteBuffer target) {
        if (offset >= content.length) {
            return -1;
        }
        int n = Math.min(content.length - (int) offset, target.remaining());
        n = Math.min(n, pieceBytes);
        target.put(content, (int) offset, n);
        return n;
    }

    @Override
    public boolean needsEscaping() {
        for (byte value : content) {
            if (value != '\n' && (value < 0x20 || value == '"' || value == '\\')) {
                return true;
            }
        }
        return false;
    }
}
