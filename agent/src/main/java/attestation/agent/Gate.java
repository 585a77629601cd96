// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.agent.https.Answer;
import attestation.agent.https.ErrorAnswers;
import attestation.agent.https.Exchange;
import attestation.agent.https.Handler;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Lets requests wait for a handler that is not ready yet, at most to their deadline: a quick
 * refusal would use up a verifier's retries while the host is starting.
 */
final class Gate implements Handler {
    private final CompletableFuture<Handler> open = new CompletableFuture<>();
    private final ErrorAnswers errors;
    private final Supplier<String> reason;

    /**
     * @param reason why it is not open yet, for the answer when the time is up
     */
    Gate(ErrorAnswers errors, Supplier<String> reason) {
        this.errors = errors;
        this.reason = reason;
    }

    /** Lets all requests through, those that wait too. */
    void open(Handler handler) {
        open.complete(handler);
    }

    /** Sends those that wait away, and all that come. */
    void close() {
        open.complete(exchange -> errors.error(500, "the agent is stopping; ask again"));
    }

    @Override
    public Answer handle(Exchange exchange) throws InterruptedException {
        try {
            long nanos = exchange.deadline().remaining().toNanos();
            return open.get(nanos, TimeUnit.NANOSECONDS).handle(exchange);
        } catch (TimeoutException e) {
            return errors.error(500, reason.get());
        } catch (ExecutionException e) {
            throw new IllegalStateException("gate", e.getCause());
        }
    }
}
