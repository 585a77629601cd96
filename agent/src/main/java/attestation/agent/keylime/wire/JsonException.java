// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

/** A text is not the JSON that was expected; the message never holds the text itself. */
public final class JsonException extends Exception {
    private static final long serialVersionUID = 1L;

    public JsonException(String message) {
        super(message);
    }
}
