// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.eventlog;

import attestation.tpm.eventlog.EventLogException.Kind;

import java.util.Arrays;

/** Reads little-endian fields; nothing is allocated that the log does not contain. */
final class LogReader {
    private final byte[] bytes;
    private final int end;
    private final int event;
    private int position;

    LogReader(byte[] bytes, int start, int end, int event) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
        this.event = event;
    }

    int position() {
        return position;
    }

    int remaining() {
        return end - position;
    }

    int u8() throws EventLogException {
        return bytes[take(1)] & 0xff;
    }

    int u16() throws EventLogException {
        int at = take(2);
        return (bytes[at] & 0xff) | ((bytes[at + 1] & 0xff) << 8);
    }

    long u32() throws EventLogException {
        return u16() | ((long) u16() << 16);
    }

    byte[] bytes(long length) throws EventLogException {
        int at = take(length);
        return Arrays.copyOfRange(bytes, at, position);
    }

    EventLogException malformed(String reason) {
        return new EventLogException(Kind.MALFORMED, event, position, reason);
    }

    private int take(long length) throws EventLogException {
        if (length > remaining()) {
            String reason = remaining() + " bytes left (expected: " + length + ")";
            throw new EventLogException(Kind.TRUNCATED, event, position, reason);
        }
        int at = position;
        position += (int) length;
        return at;
    }
}
