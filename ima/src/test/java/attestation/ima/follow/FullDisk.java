// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A real spool file on a disk that can be filled: then half of what is written arrives. */
final class FullDisk implements SpoolFile.Factory {
    private final Path path;
    boolean full;

    FullDisk(Path path) {
        this.path = path;
    }

    @Override
    public SpoolFile open(boolean fresh) throws IOException {
        SpoolFile file = ChannelSpoolFile.open(path, fresh);
        return new SpoolFile() {
            @Override
            public void write(long at, ByteBuffer bytes) throws IOException {
                if (full) {
                    ByteBuffer half = bytes.slice(bytes.position(), bytes.remaining() / 2);
                    file.write(at, half);
                    throw new IOException("No space left on device");
                }
                file.write(at, bytes);
            }

            @Override
            public int read(long at, ByteBuffer target) throws IOException {
                return file.read(at, target);
            }

            @Override
            public void truncate(long size) throws IOException {
                file.truncate(size);
            }

            @Override
            public void close() {
                file.close();
            }
        };
    }
}
