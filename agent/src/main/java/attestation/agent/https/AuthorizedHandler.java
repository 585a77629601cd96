// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Lets a request through to the next handler only when its peer has the right that it needs.
 *
 * <p>A refusal is 400: besides 200, 404, 405, 408 and 500 a Keylime verifier knows no other status,
 * and treats this one as final.
 */
public final class AuthorizedHandler implements Handler {
    private final Handler next;
    private final Function<Exchange, Optional<Right>> needed;
    private final Supplier<Authorizer> authorizer;
    private final ErrorAnswers errors;

    /**
     * @param needed which right a request needs; empty for what every verified client may see
     * @param authorizer asked for each request, so that it may be replaced on reload
     */
    public AuthorizedHandler(
            Handler next,
            Function<Exchange, Optional<Right>> needed,
            Supplier<Authorizer> authorizer,
            ErrorAnswers errors) {
        this.next = next;
        this.needed = needed;
        this.authorizer = authorizer;
        this.errors = errors;
    }

    @Override
    public Answer handle(Exchange exchange) throws InterruptedException {
        Optional<Right> right = needed.apply(exchange);
        if (right.isEmpty() || authorizer.get().allows(exchange.peer(), right.get())) {
            return next.handle(exchange);
        }
        return errors.error(400, refusal(exchange.peer(), right.get()));
    }

    private static String refusal(Peer peer, Right right) {
        String who =
                peer.certificate()
                        .map(c -> c.getSubjectX500Principal().getName())
                        .orElse("no certificate");
        return "client certificate "
                + Untrusted.show(who, 200)
                + ": not allowed (expected: an entry of the allow-list with the right "
                + right.name().toLowerCase(java.util.Locale.ROOT)
                + ")";
    }
}
