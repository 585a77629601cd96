// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.status.HistoryJson;
import attestation.agent.status.HistoryText;
import attestation.agent.status.StatusClient;
import attestation.agent.status.StatusException;
import attestation.agent.status.StatusJson;
import attestation.agent.status.StatusReport;
import attestation.agent.status.StatusText;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** Asks over the agent's unix socket. */
final class SocketStatusSource implements StatusSource {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Override
    public View fetch(Path socket) throws CliException {
        try {
            byte[] json = new StatusClient(socket, TIMEOUT).get("/status");
            StatusReport report = StatusJson.read(json);
            return new View(
                    report.verdict(),
                    StatusText.write(report),
                    new String(json, StandardCharsets.UTF_8).stripTrailing() + "\n");
        } catch (StatusException | IOException e) {
            throw failed(socket, e);
        }
    }

    @Override
    public String history(Path socket, boolean json) throws CliException {
        try {
            byte[] lines = new StatusClient(socket, TIMEOUT).get("/history");
            return json
                    ? new String(lines, StandardCharsets.UTF_8)
                    : HistoryText.write(HistoryJson.read(lines));
        } catch (StatusException | IOException e) {
            throw failed(socket, e);
        }
    }

    private static CliException failed(Path socket, Exception e) {
        if (e instanceof StatusException known) {
            return new CliException(code(known.kind()), "status: " + known.getMessage());
        }
        return new CliException(
                code(StatusException.Kind.BAD_ANSWER),
                "status: " + socket + ": " + Terminal.escape(String.valueOf(e.getMessage())));
    }

    private static int code(StatusException.Kind kind) {
        return switch (kind) {
            case NOT_RUNNING -> ExitCodes.NOT_RUNNING;
            case NOT_PERMITTED -> ExitCodes.NOT_PERMITTED;
            case BAD_ANSWER -> ExitCodes.FAILING;
        };
    }
}
