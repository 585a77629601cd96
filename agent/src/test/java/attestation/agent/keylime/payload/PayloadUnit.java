// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import attestation.fixtures.Await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What systemd does for {@code attestation-agent-payload.socket}: starts a program for each
 * connection, with the connection as its standard input and its output in a file.
 */
final class PayloadUnit implements AutoCloseable {
    private static final Path RUN_PAYLOAD =
            Path.of("../systemd/root/usr/lib/attestation-agent/bin/run-payload").toAbsolutePath();
    private static final String PROGRAM =
            """
            import socket, subprocess, sys
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(sys.argv[1])
            listener.listen()
            while True:
                connection, _ = listener.accept()
                with open(sys.argv[2], "ab") as journal:
                    subprocess.run(sys.argv[3:], stdin=connection, stdout=journal, stderr=subprocess.STDOUT)
                connection.close()
            """;

    private final Process process;
    private final Path socket;
    private final Path journal;

    /** The shipped program, which puts what it gets into the folder. */
    static PayloadUnit shipped(Path socket, Path folder) throws IOException {
        return new PayloadUnit(socket, List.of(RUN_PAYLOAD.toString(), folder.toString()));
    }

    PayloadUnit(Path socket, List<String> program) throws IOException {
        this.socket = socket;
        this.journal = socket.resolveSibling("journal");
        var command =
                new ArrayList<>(
                        List.of("python3", "-c", PROGRAM, socket.toString(), journal.toString()));
        command.addAll(program);
        process = new ProcessBuilder(command).inheritIO().start();
        Await.until(socket + " is there", () -> Files.exists(socket));
    }

    Path socket() {
        return socket;
    }

    String journal() throws IOException {
        return Files.readString(journal);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
