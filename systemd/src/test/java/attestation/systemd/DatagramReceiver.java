// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The manager's end of the notification socket, by another implementation: Python's. Each datagram
 * is one line of hex, behind CLOCK_MONOTONIC in µs at its arrival.
 */
final class DatagramReceiver implements AutoCloseable {

    private static final String PROGRAM =
            """
            import socket, sys, time
            name = sys.argv[1]
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind('\\0' + name[1:] if name[0] == '@' else name)
            print('bound', flush=True)
            while True:
                data = s.recv(65536)
                print(time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000, data.hex(), flush=True)
            """;

    private final Process process;
    private final BufferedReader lines;

    record Datagram(long arrivalMicros, String text) {}

    DatagramReceiver(String name) {
        try {
            process =
                    new ProcessBuilder("python3", "-c", PROGRAM, name)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            lines =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.US_ASCII));
            if (!"bound".equals(lines.readLine())) {
                throw new AssertionError("the receiver could not bind " + name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next datagram; waits for it. */
    Datagram next() {
        try {
            String line = lines.readLine();
            if (line == null) {
                throw new AssertionError("the receiver ended");
            }
            String[] parts = line.split(" ", -1);
            byte[] data = HexFormat.of().parseHex(parts[1]);
            return new Datagram(Long.parseLong(parts[0]), new String(data, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
