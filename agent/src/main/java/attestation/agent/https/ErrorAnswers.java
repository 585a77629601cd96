// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

/** Makes the body of an answer that the server gives by itself, in the caller's protocol. */
@FunctionalInterface
public interface ErrorAnswers {
    /**
     * An error answer.
     *
     * @param status HTTP status: 400, 408 or 500
     * @param reason for people, already safe to show
     */
    Answer.Whole error(int status, String reason);
}
