// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

/** A request that cannot be passed on: {@code status} is 400 or 408, the text is for the client. */
final class BadRequest extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    BadRequest(String message) {
        this(400, message);
    }

    BadRequest(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}
