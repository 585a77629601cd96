// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import attestation.agent.evidence.Evidence;
import attestation.agent.evidence.ListSlice;
import attestation.agent.https.Answer;
import attestation.agent.https.Exchange;
import attestation.agent.keylime.wire.GzipBody;
import attestation.agent.keylime.wire.ListBody;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * Lays evidence out as an answer: small ones whole, long lists streamed in constant memory.
 *
 * <p>Compressed only where the plain answer would come near the 100 MiB at which Keylime's verifier
 * gives up: below that, compressing costs more time than it saves.
 */
final class QuoteAnswer {
    private static final int WHOLE_BYTES = 64 * 1024;
    private static final long GZIP_FROM_BYTES = 64L * 1024 * 1024;

    /** The firmware log and its text; it does not change while the host is up. */
    private record BootLog(byte[] raw, String base64) {}

    private final long bootTime;
    private final long gzipFromBytes;
    private volatile BootLog bootLog = new BootLog(new byte[0], "");

    QuoteAnswer(long bootTime) {
        this(bootTime, GZIP_FROM_BYTES);
    }

    /**
     * @param gzipFromBytes plain length from which on an answer is compressed
     */
    QuoteAnswer(long bootTime, long gzipFromBytes) {
        this.bootTime = bootTime;
        this.gzipFromBytes = gzipFromBytes;
    }

    /** The answer to a request for integrity, with {@code members} first. */
    Answer integrity(Evidence evidence, Map<String, Object> members, Exchange exchange)
            throws Refusal {
        members.put("boottime", bootTime);
        evidence.bootLog().ifPresent(log -> members.put("mb_measurement_list", base64(log)));
        if (evidence.list().isEmpty()) {
            return Answers.success(members);
        }
        ListSlice slice = evidence.list().get();
        members.put("ima_measurement_list_entry", slice.firstLine());
        try {
            return withList(members, slice, acceptsGzip(exchange.header("accept-encoding")));
        } catch (IOException e) {
            throw Refusal.unavailable(
                    "Unable to retrieve quote: measurement list - " + e.getMessage(), e);
        }
    }

    private Answer withList(Map<String, Object> members, ListSlice slice, boolean gzip)
            throws IOException {
        byte[] envelope = Answers.envelope(200, "Success", members);
        byte[] tail = "\"}}".getBytes(StandardCharsets.US_ASCII);
        byte[] head = openedForList(envelope);
        long length = ListBody.length(head, slice, tail);
        if (length <= WHOLE_BYTES) {
            return whole(new ListBody(head, slice, tail, length), (int) length);
        }
        if (length >= gzipFromBytes && gzip) {
            return compressed(head, slice, tail, length);
        }
        var body = new ListBody(head, slice, tail, length);
        return new Answer.Streamed(200, Answers.JSON, length, body);
    }

    /** Replaces the two closing braces by the beginning of one more member. */
    private static byte[] openedForList(byte[] envelope) {
        byte[] member = ",\"ima_measurement_list\":\"".getBytes(StandardCharsets.US_ASCII);
        int end = envelope.length - 2;
        byte[] head = Arrays.copyOf(envelope, end + member.length);
        System.arraycopy(member, 0, head, end, member.length);
        return head;
    }

    private static Answer whole(ListBody body, int length) throws IOException {
        var bytes = ByteBuffer.allocate(length);
        while (body.read(bytes) >= 0 && bytes.hasRemaining()) {
            // until all is there
        }
        if (bytes.hasRemaining()) {
            throw new IOException("list ended early");
        }
        return new Answer.Whole(200, Answers.JSON, bytes.array());
    }

    /** Compresses twice, first to learn the length, so that memory does not follow the list. */
    private static Answer compressed(byte[] head, ListSlice slice, byte[] tail, long length)
            throws IOException {
        long compressed = GzipBody.length(new ListBody(head, slice, tail, length));
        var headers = Map.of("Content-Type", "application/json", "Content-Encoding", "gzip");
        var body = new GzipBody(new ListBody(head, slice, tail, length));
        return new Answer.Streamed(200, headers, compressed, body);
    }

    private String base64(byte[] raw) {
        BootLog known = bootLog;
        if (!Arrays.equals(known.raw(), raw)) {
            known = new BootLog(raw, Base64.getEncoder().encodeToString(raw));
            bootLog = known;
        }
        return known.base64();
    }

    /** Whether gzip is named and not weighed with zero (RFC 9110, 12.5.3). */
    static boolean acceptsGzip(String acceptEncoding) {
        for (String coding : acceptEncoding.split(",", -1)) {
            String[] parts = coding.strip().split(";", 2);
            boolean named = parts[0].strip().equalsIgnoreCase("gzip");
            if (named && !(parts.length == 2 && isZeroWeight(parts[1]))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isZeroWeight(String weight) {
        return weight.strip().matches("[qQ]=0(\\.0{0,3})?");
    }
}
