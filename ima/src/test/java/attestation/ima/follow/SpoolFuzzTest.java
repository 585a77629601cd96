// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.ima.ListFormat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A spool file of arbitrary content: what is taken up is whole, the rest is cut, nothing else
 * happens.
 */
class SpoolFuzzTest {
    private static final BootIdentity BOOT = new BootIdentity("boot", OptionalLong.empty());
    private static final FollowerSettings SETTINGS =
            new FollowerSettings(
                    Path.of("/nonexistent/list"),
                    Optional.empty(),
                    KeepOpen.ALWAYS,
                    Path.of("/nonexistent"),
                    1 << 20,
                    BOOT);

    private final ByteBuffer chunk = ByteBuffer.allocate(256);

    @FuzzTest(maxDuration = "60s")
    void spoolReader(byte[] content) throws IOException {
        Memory file = new Memory(content);
        SpoolHeader header = new SpoolHeader(BOOT, ListFormat.asciiSha1(ByteOrder.LITTLE_ENDIAN));
        file.write(0, header.encode());
        check(file);
    }

    @FuzzTest(maxDuration = "60s")
    void spoolHeader(byte[] content) throws IOException {
        Memory file = new Memory(new byte[0]);
        file.bytes = content;
        check(file);
    }

    private void check(Memory file) throws IOException {
        Ledger ledger = new Ledger(SETTINGS, new Disk(fresh -> file, ListOpener.PLAIN), 1);
        Notices notices = new Notices();
        SpoolResume resume = ledger.findSpool(notices, chunk);
        if (resume == null) {
            assertEquals(Notice.Kind.REBUILT, notices.take().getFirst().kind());
            return;
        }
        while (!resume.step(1)) {}
        boolean any = ledger.takeUp(resume);
        LogView view = ledger.publish(Instant.EPOCH);
        assertEquals(any, view.entries() > 0);
        assertEquals(SpoolHeader.BYTES + view.bytes(), file.bytes.length);
        assertEquals(view.bytes(), Views.text(view).length);
        assertEquals(view.entries(), Views.entries(view, 0).size());
        assertTrue(view.lines() >= view.entries());
        assertEquals(view.lines(), view.lineOfEntry(view.entries()));
    }

    private static final class Memory implements SpoolFile {
        private byte[] bytes;

        Memory(byte[] content) {
            bytes = new byte[SpoolHeader.BYTES + content.length];
            System.arraycopy(content, 0, bytes, SpoolHeader.BYTES, content.length);
        }

        @Override
        public void write(long at, ByteBuffer source) {
            int end = (int) at + source.remaining();
            bytes = end > bytes.length ? Arrays.copyOf(bytes, end) : bytes;
            source.get(bytes, (int) at, source.remaining());
        }

        @Override
        public int read(long at, ByteBuffer target) {
            int count = (int) Math.min(target.remaining(), bytes.length - at);
            if (count <= 0) {
                return -1;
            }
            target.put(bytes, (int) at, count);
            return count;
        }

        @Override
        public void truncate(long size) {
            bytes = Arrays.copyOf(bytes, (int) size);
        }

        @Override
        public void close() {}
    }
}
