// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Parses whole lists for tests. */
public final class Lists {
    private Lists() {}

    public static List<Entry> parse(byte[] list) throws IOException {
        return parse(list, list.length);
    }

    /** Feeds pieces of {@code piece} bytes. */
    public static List<Entry> parse(byte[] list, int piece) throws IOException {
        List<Entry> entries = new ArrayList<>();
        ListParser parser = new ListParser(HashAlgorithms.standard());
        for (int at = 0; at < list.length; at += piece) {
            int size = Math.min(piece, list.length - at);
            parser.feed(ByteBuffer.wrap(list, at, size), (entry, bytes) -> entries.add(entry));
        }
        parser.finish((entry, bytes) -> entries.add(entry));
        return entries;
    }

    public static Replay replay(List<Entry> entries, String bank, ReplayMode mode) {
        Replay replay = new Replay(bank, mode);
        entries.forEach(replay::extend);
        return replay;
    }
}
