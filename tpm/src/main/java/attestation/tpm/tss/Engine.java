// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.TpmException;
import attestation.tpm.TpmException.BadResponse;
import attestation.tpm.TpmException.CommandFailed;
import attestation.tpm.TpmException.TransportBroken;
import attestation.tpm.TpmRc;
import attestation.tpm.transport.TpmTransport;

import tss.tpm.TPM_CC;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends commands and takes answers apart: header, code, handle, parameters, sessions, nothing left
 * over.
 *
 * <p>TPM_RC_RETRY and its like are repeated with growing pauses, at most {@value #RETRY_SECONDS} s
 * and never beyond the caller's patience.
 */
final class Engine {
    private static final int TAG_PLAIN = 0x8001;
    private static final int TAG_SESSIONS = 0x8002;
    private static final int LARGEST_COMMAND = 4096;
    private static final int RETRY_SECONDS = 10;
    private static final Duration QUICK = Duration.ofSeconds(20);
    private static final long FIRST_PAUSE_NANOS = 1_000_000;
    private static final long LAST_PAUSE_NANOS = 200_000_000;

    private final TpmTransport transport;
    private final Duration timeout;
    private final CommandLog log;
    private Patience patience = Patience.ENDLESS;

    /** Commands that belong together. */
    interface Work<T> {
        T run() throws TpmException;
    }

    Engine(TpmTransport transport, Duration timeout, CommandLog log) {
        this.transport = transport;
        this.timeout = timeout;
        this.log = log;
    }

    void patience(Patience caller) {
        patience = caller;
    }

    boolean managed() {
        return transport.managed();
    }

    /**
     * Runs one command.
     *
     * @throws CommandFailed when the TPM refuses
     * @throws TransportBroken when no answer came
     * @throws BadResponse when the answer is not one to this command
     */
    Response run(Command command) throws TpmException {
        patience.check(command.what());
        long giveUp = System.nanoTime() + Duration.ofSeconds(RETRY_SECONDS).toNanos();
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            byte[] answer = exchange(command);
            int rc = code(command, answer);
            if (rc == 0) {
                return taken(command, answer);
            }
            boolean again =
                    TpmRc.of(rc).retryable()
                            && System.nanoTime() + pause < giveUp
                            && patience.remainingNanos() > pause;
            if (!again) {
                throw new CommandFailed(command.what(), rc);
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LAST_PAUSE_NANOS);
        }
    }

    /** Runs commands although nobody may wait any more: for what must be put away. */
    <T> T always(Work<T> work) throws TpmException {
        Patience caller = patience;
        patience = Patience.ENDLESS;
        try {
            return work.run();
        } finally {
            patience = caller;
        }
    }

    private byte[] exchange(Command command) throws TpmException {
        long start = System.nanoTime();
        byte[] answer;
        try {
            answer = transport.transmit(bytes(command), limit(command));
        } catch (IOException e) {
            throw new TransportBroken(command.what() + ": " + e.getMessage(), e);
        }
        int rc = answer.length < TpmTransport.HEADER ? -1 : ByteBuffer.wrap(answer).getInt(6);
        log.command(command.name(), rc, System.nanoTime() - start);
        return answer;
    }

    /** Making a key may take minutes, and only that. */
    private Duration limit(Command command) {
        boolean slow =
                command.code() == TPM_CC.CreatePrimary.toInt()
                        || command.code() == TPM_CC.Create.toInt();
        return slow || timeout.compareTo(QUICK) < 0 ? timeout : QUICK;
    }

    private byte[] bytes(Command command) throws TpmException {
        ByteBuffer out = ByteBuffer.allocate(LARGEST_COMMAND);
        out.putShort((short) (command.auths().isEmpty() ? TAG_PLAIN : TAG_SESSIONS));
        out.putInt(0).putInt(command.code());
        command.handles().forEach(ref -> out.putInt(ref.handle()));
        byte[] parameters = command.parameters();
        if (!command.auths().isEmpty()) {
            parameters = AuthArea.write(out, command);
        }
        if (parameters.length > out.remaining()) {
            throw new TpmException.Unsupported(
                    command.what() + ": command longer than " + LARGEST_COMMAND + " bytes");
        }
        out.put(parameters);
        out.putInt(2, out.position());
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    private static int code(Command command, byte[] answer) throws BadResponse {
        if (answer.length < TpmTransport.HEADER) {
            throw new BadResponse(command.what() + ": response of " + answer.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(answer);
        int tag = in.getShort(0) & 0xffff;
        int size = in.getInt(2);
        int rc = in.getInt(6);
        int expected = rc != 0 || command.auths().isEmpty() ? TAG_PLAIN : TAG_SESSIONS;
        boolean tpm12 = rc != 0 && tag == 0x00c4;
        boolean errorWithBody = rc != 0 && answer.length != TpmTransport.HEADER;
        if (size != answer.length || (tag != expected && !tpm12) || errorWithBody) {
            throw new BadResponse(
                    String.format(
                            "%s: response header tag 0x%x, size %d, code 0x%x in %d bytes"
                                    + " (expected: tag 0x%x)",
                            command.what(), tag, size, rc, answer.length, expected));
        }
        return rc;
    }

    private static Response taken(Command command, byte[] answer) throws TpmException {
        try {
            return AnswerArea.read(command, answer);
        } catch (BadResponse e) {
            throw new BadResponse(command.what() + ": " + e.getMessage(), e);
        }
    }
}
