// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A server in a process of its own: /file streams a file, anything else is a small answer. */
public final class ServeFile {
    private ServeFile() {}

    /**
     * Arguments: directory of the PKI, TLS provider, file. Prints the port, ends with its input.
     */
    public static void main(String[] args) throws Exception {
        Pki pki = new Pki(Path.of(args[0]));
        FileChannel file = FileChannel.open(Path.of(args[2]));
        HttpsServer server = new HttpsServer(TestServer.ERRORS);
        HttpsSettings settings =
                new HttpsSettings(
                        List.of("127.0.0.1"),
                        0,
                        true,
                        TlsProvider.valueOf(args[1]),
                        1,
                        Limits.with(limits -> limits.handshakeMillis = 120_000));
        Answer small = TestServer.text("x".repeat(4800));
        Handler handler =
                exchange ->
                        exchange.path().equals("/file")
                                ? new Answer.Streamed(200, Map.of(), size(file), body(file))
                                : small;
        HttpsEvents toStderr =
                new HttpsEvents() {
                    @Override
                    public void failed(String target, Throwable cause) {
                        System.err.println(target + " " + cause);
                    }

                    @Override
                    public void refused(Refusal refusal) {
                        System.err.println(refusal);
                    }
                };
        int port = server.start(settings, Optional.of(pki.material("ca")), handler, toStderr);
        System.out.println(port);
        int end = System.in.read();
        System.out.println(end);
    }

    private static long size(FileChannel file) {
        try {
            return file.size();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Answer.Body body(FileChannel file) {
        return new Answer.Body() {
            private long position;

            @Override
            public int read(ByteBuffer target) throws IOException {
                int read = file.read(target, position);
                position += Math.max(read, 0);
                return read;
            }

            @Override
            public void close() {}
        };
    }
}
