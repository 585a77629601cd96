// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Passes JSON on, but writes the one string that may be huge to a sink and passes on an empty one
 * in its place, so that no list need fit into memory.
 *
 * <p>Only the string's own syntax is judged here; that the rest is JSON is the parser's business.
 * Bytes beyond ASCII go to the sink as they came.
 */
final class ListDiverter extends InputStream {
    private static final int NAME_DEPTH = 2;

    private final byte[] name;
    private final InputStream in;
    private final OutputStream sink;
    private final long maxBytes;
    private final byte[] lastString;
    private final byte[] buffer = new byte[64 * 1024];
    private int position;
    private int limit;
    private int lastLength;
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean armed;
    private int diverted;
    private long written;

    ListDiverter(String name, InputStream in, OutputStream sink, long maxBytes) {
        this.name = name.getBytes(StandardCharsets.US_ASCII);
        this.lastString = new byte[this.name.length + 1];
        this.in = in;
        this.sink = sink;
        this.maxBytes = maxBytes;
    }

    /** How many strings went to the sink: none or one. */
    int diverted() {
        return diverted;
    }

    @Override
    public int read() throws IOException {
        int c = raw();
        if (c >= 0) {
            step(c);
        }
        return c;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = 0;
        while (count < length && (count == 0 || position < limit)) {
            int c = read();
            if (c < 0) {
                return count == 0 ? -1 : count;
            }
            target[offset + count++] = (byte) c;
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private int raw() throws IOException {
        if (position == limit) {
            position = 0;
            limit = Math.max(0, in.read(buffer, 0, buffer.length));
            if (limit == 0) {
                return -1;
            }
        }
        return buffer[position++] & 0xff;
    }

    private void step(int c) throws IOException {
        if (inString) {
            inside(c);
        } else if (c == '"') {
            opening();
        } else {
            between(c);
        }
    }

    private void opening() throws IOException {
        if (armed) {
            armed = false;
            divert();
        } else {
            inString = true;
            lastLength = 0;
        }
    }

    private void inside(int c) {
        if (escaped) {
            escaped = false;
            lastLength = lastString.length;
        } else if (c == '\\') {
            escaped = true;
        } else if (c == '"') {
            inString = false;
        } else if (lastLength < lastString.length) {
            lastString[lastLength++] = (byte) c;
        }
    }

    private void between(int c) {
        switch (c) {
            case '{', '[' -> depth++;
            case '}', ']' -> depth--;
            case ':' -> {
                armed = depth == NAME_DEPTH && isName();
                return;
            }
            case ' ', '\t', '\r', '\n' -> {
                return;
            }
            default -> {}
        }
        armed = false;
        lastLength = 0;
    }

    private boolean isName() {
        return lastLength == name.length
                && java.util.Arrays.equals(lastString, 0, lastLength, name, 0, name.length);
    }

    /**
     * Consumes the string up to, not with, its closing quotation mark, which then is passed on
     * after the opening one that was just read.
     */
    private void divert() throws IOException {
        if (++diverted > 1) {
            throw new Malformed("the list comes twice");
        }
        while (true) {
            int c = more();
            if (c == '"') {
                position--; // still in the buffer: it was the last byte taken
                inString = true;
                lastLength = lastString.length;
                return;
            }
            if (c < 0x20) {
                throw new Malformed("a control character that is not escaped");
            }
            if (c == '\\') {
                escape(more());
            } else {
                put(c);
            }
        }
    }

    private void escape(int c) throws IOException {
        switch (c) {
            case 'n' -> put('\n');
            case '"', '\\', '/' -> put(c);
            case 't' -> put('\t');
            case 'r' -> put('\r');
            case 'b' -> put('\b');
            case 'f' -> put('\f');
            case 'u' -> unicode();
            default -> throw new Malformed("an unknown escape");
        }
    }

    private void unicode() throws IOException {
        int unit = hex4();
        if (Character.isLowSurrogate((char) unit)) {
            throw new Malformed("half of a surrogate pair");
        }
        int codePoint = unit;
        if (Character.isHighSurrogate((char) unit)) {
            int low = more() == '\\' && more() == 'u' ? hex4() : 0;
            if (!Character.isLowSurrogate((char) low)) {
                throw new Malformed("half of a surrogate pair");
            }
            codePoint = Character.toCodePoint((char) unit, (char) low);
        }
        for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
            put(b & 0xff);
        }
    }

    private int hex4() throws IOException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(more(), 16);
            if (digit < 0) {
                throw new Malformed("an escape that is not hex");
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private int more() throws IOException {
        int c = raw();
        if (c < 0) {
            throw new Malformed("the answer ends within the list");
        }
        return c;
    }

    private void put(int c) throws IOException {
        if (++written > maxBytes) {
            throw new Malformed("the list is longer than " + maxBytes + " bytes");
        }
        sink.write(c);
    }

    /** The list's string is not one; an IOException because it passes through the JSON parser. */
    static final class Malformed extends IOException {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }
}
