// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * Has programs run by a unit of the service manager, {@code attestation-agent-payload@.service}, as
 * a user that can read neither keys nor state of the agent: one connection to the unit's socket for
 * each program, the payload's files with it, the exit status as the answer. Output goes to the
 * journal, as the unit's. When the connection ends, the unit ends the program.
 */
final class UnitRunner implements ProgramRunner {
    private static final Logger LOG = LoggerFactory.getLogger(UnitRunner.class);

    /** The unit's start, the killing after the time-out, and the answer. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static final int MAX_ANSWER_BYTES = 16;
    private static final Pattern ENDED = Pattern.compile("exit ([0-9]{1,3})\n");
    private static final String KILLED = "killed\n";

    private final Path socket;
    private final Path secure;
    private final Duration grace;

    /**
     * @param secure the directory whose content programs are given
     */
    UnitRunner(Path socket, Path secure) {
        this(socket, secure, GRACE);
    }

    UnitRunner(Path socket, Path secure, Duration grace) {
        this.socket = socket;
        this.secure = secure;
        this.grace = grace;
    }

    @Override
    public int run(Program program, BiConsumer<String, String> lines)
            throws PayloadException, IOException, InterruptedException {
        LOG.info("program runs in a unit of its own unit=\"attestation-agent-payload@\"");
        String answer = within(program);
        var ended = ENDED.matcher(answer);
        if (ended.matches()) {
            return Integer.parseInt(ended.group(1));
        }
        throw answer.equals(KILLED) ? tooLong(program) : noAnswer(program, "no answer");
    }

    private String within(Program program)
            throws PayloadException, IOException, InterruptedException {
        try (SocketChannel channel = connect()) {
            var exchange = new FutureTask<String>(() -> exchange(channel, program));
            Thread.ofPlatform().daemon().name("payload-unit").start(exchange);
            return exchange.get(program.timeout().plus(grace).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw tooLong(program);
        } catch (ExecutionException e) {
            throw noAnswer(program, String.valueOf(e.getCause()));
        }
    }

    private SocketChannel connect() throws PayloadException {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new PayloadException(
                    "payload.script_socket: %s cannot be reached - %s (expected: attestation-agent-payload.socket is active)"
                            .formatted(socket, e.getMessage()),
                    e);
        }
    }

    private String exchange(SocketChannel channel, Program program) throws IOException {
        new ProgramRequest(secure).write(program, Channels.newOutputStream(channel));
        InputStream in = Channels.newInputStream(channel);
        var answer = new StringBuilder();
        for (int c = in.read(); c >= 0 && answer.length() < MAX_ANSWER_BYTES; c = in.read()) {
            answer.append((char) c);
            if (c == '\n') {
                break;
            }
        }
        return answer.toString();
    }

    private static PayloadException tooLong(Program program) {
        return new PayloadException(
                "%s: killed after %d s (expected: to end within)"
                        .formatted(program.file(), program.timeout().toSeconds()));
    }

    private static PayloadException noAnswer(Program program, String reason) {
        return new PayloadException(
                "%s: no exit status from its unit - %s (expected: one): journalctl -u 'attestation-agent-payload@*'"
                        .formatted(program.file(), reason));
    }
}
