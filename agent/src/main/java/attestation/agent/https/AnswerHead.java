// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;

import java.util.Map;

/** Writes the head of an answer (RFC 9112 §4); one buffer, so that head and body leave together. */
final class AnswerHead {
    static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

    private AnswerHead() {}

    static int mostBytes(Answer answer) {
        int bytes = 256;
        for (Map.Entry<String, String> field : answer.headers().entrySet()) {
            bytes += field.getKey().length() + field.getValue().length() + 4;
        }
        return bytes;
    }

    static void write(ByteBuf out, Answer answer, long length, boolean keepAlive, String date) {
        ascii(out, "HTTP/1.1 ");
        ascii(out, Integer.toString(answer.status()));
        out.writeByte(' ');
        ascii(out, HttpResponseStatus.valueOf(answer.status()).reasonPhrase());
        ascii(out, "\r\n");
        field(out, "date", date);
        if (hasBody(answer.status())) {
            field(out, "content-length", Long.toString(length));
        }
        field(out, "connection", keepAlive ? "keep-alive" : "close");
        answer.headers().forEach((name, value) -> field(out, name, value));
        ascii(out, "\r\n");
    }

    /** RFC 9110 §6.4.1: 204 and 304 never have one. */
    static boolean hasBody(int status) {
        return status != 204 && status != 304 && status >= 200;
    }

    /** Whether the handler has kept its side; checked before anything is sent. */
    static void mustBeSendable(Answer answer) {
        if (answer.status() < 200 || answer.status() > 599) {
            throw new IllegalArgumentException(
                    "status: " + answer.status() + " (expected: 200..599)");
        }
        answer.headers()
                .forEach(
                        (name, value) -> {
                            mustBePlain(name);
                            mustBePlain(value);
                            mustBeOurs(name);
                        });
        if (answer instanceof Answer.Streamed streamed && streamed.length() < 0) {
            throw new IllegalArgumentException(
                    "length: " + streamed.length() + " (expected: >= 0)");
        }
    }

    private static void mustBeOurs(String name) {
        switch (name.toLowerCase(java.util.Locale.ROOT)) {
            case "content-length", "transfer-encoding", "connection", "date" ->
                    throw new IllegalArgumentException(
                            "header field " + name + " (expected: left to the server)");
            default -> {
                // free for handlers
            }
        }
    }

    private static void field(ByteBuf out, String name, String value) {
        mustBePlain(name);
        mustBePlain(value);
        ascii(out, name);
        ascii(out, ": ");
        ascii(out, value);
        ascii(out, "\r\n");
    }

    private static void mustBePlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > 0x7e) {
                throw new IllegalArgumentException(
                        "header field: " + Untrusted.show(text, 80) + " (expected: ASCII text)");
            }
        }
    }

    private static void ascii(ByteBuf out, String text) {
        ByteBufUtil.writeAscii(out, text);
    }
}
