// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import org.jspecify.annotations.Nullable;

/**
 * What waits for its turn on a connection: a complete request, or the answer to a broken one.
 *
 * @param refusal set when the request could not be understood; the connection ends with it
 */
record Arrived(@Nullable RequestHead head, byte[] body, @Nullable BadRequest refusal) {

    static Arrived request(RequestHead head, byte[] body) {
        return new Arrived(head, body, null);
    }

    static Arrived refused(BadRequest refusal) {
        return new Arrived(null, new byte[0], refusal);
    }
}
