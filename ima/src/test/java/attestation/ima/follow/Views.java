// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.Entry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads views for tests. */
public final class Views {
    private Views() {}

    public static byte[] text(LogView view) throws IOException {
        return text(view.slice(0, view.lines()));
    }

    public static byte[] text(Slice slice) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteBuffer chunk = ByteBuffer.allocate(10_000);
        for (long at = 0; ; at += chunk.limit()) {
            chunk.clear();
            if (slice.read(at, chunk) < 0) {
                return out.toByteArray();
            }
            chunk.flip();
            out.write(chunk.array(), 0, chunk.limit());
        }
    }

    public static List<Entry> entries(LogView view, long from) throws IOException {
        List<Entry> entries = new ArrayList<>();
        EntryCursor cursor = view.entriesFrom(from);
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            entries.add(entry);
        }
        return entries;
    }
}
