// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import attestation.agent.keylime.wire.Shown;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Names in a ZIP's central directory (APPNOTE 4.3.12), which alone tells links from files; the
 * JDK's stream does not read it.
 */
final class ZipDirectory {
    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int ENTRY = 0x02014b50;
    private static final int ENTRY_BYTES = 46;
    private static final int MAX_COMMENT_BYTES = 0xFFFF;
    private static final int UNIX = 3;
    private static final int TYPE_MASK = 0xF000;
    private static final int REGULAR = 0x8000;
    private static final int DIRECTORY = 0x4000;

    private ZipDirectory() {}

    /** Whether the bytes begin as a ZIP does. */
    static boolean isZip(byte[] content) {
        int first = content.length < 4 ? 0 : little(content).getInt(0);
        return first == 0x04034b50 || first == END;
    }

    /** The names of all entries. Links, devices and the like are refused by name. */
    static Set<String> names(byte[] zip, int mostEntries) throws PayloadException {
        var in = little(zip);
        try {
            int end = end(in);
            int count = Short.toUnsignedInt(in.getShort(end + 10));
            if (count > mostEntries) {
                throw new PayloadException(
                        "ZIP: %d entries (expected: at most %d)".formatted(count, mostEntries));
            }
            in.position(in.getInt(end + 16));
            var names = new HashSet<String>();
            for (int i = 0; i < count; i++) {
                names.add(name(in));
            }
            return names;
        } catch (BufferUnderflowException
                | IndexOutOfBoundsException
                | IllegalArgumentException e) {
            throw new PayloadException("ZIP: damaged directory", e);
        }
    }

    private static ByteBuffer little(byte[] content) {
        return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int end(ByteBuffer in) throws PayloadException {
        int last = in.limit() - END_BYTES;
        for (int at = last; at >= Math.max(0, last - MAX_COMMENT_BYTES); at--) {
            if (in.getInt(at) == END) {
                return at;
            }
        }
        throw new PayloadException("ZIP: no directory at its end");
    }

    private static String name(ByteBuffer in) throws PayloadException {
        int at = in.position();
        if (in.getInt(at) != ENTRY) {
            throw new PayloadException("ZIP: damaged directory");
        }
        int nameBytes = Short.toUnsignedInt(in.getShort(at + 28));
        int extraBytes = Short.toUnsignedInt(in.getShort(at + 30));
        int commentBytes = Short.toUnsignedInt(in.getShort(at + 32));
        var bytes = new byte[nameBytes];
        in.position(at + ENTRY_BYTES).get(bytes);
        String name = new String(bytes, StandardCharsets.UTF_8);
        int type = in.get(at + 5) == UNIX ? in.getInt(at + 38) >>> 16 & TYPE_MASK : 0;
        if (type != 0 && type != REGULAR && type != DIRECTORY) {
            throw new PayloadException(
                    "ZIP entry \"%s\": a link or device (expected: files and directories)"
                            .formatted(Shown.text(name)));
        }
        in.position(at + ENTRY_BYTES + nameBytes + extraBytes + commentBytes);
        return name;
    }
}
