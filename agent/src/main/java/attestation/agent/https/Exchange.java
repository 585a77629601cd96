// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import attestation.agent.host.Deadline;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One request whose head and body are complete, bounded and decoded, and whose peer is known.
 *
 * @param method as it came, for example {@code GET}
 * @param path percent-decoded path without query, begins with a slash
 * @param query decoded parameters in the order they came; a parameter given twice has two values
 * @param headers names in lower case
 * @param body whole body, empty for none
 * @param peer who asks
 * @param deadline when the answer must have begun
 */
public record Exchange(
        String method,
        String path,
        Map<String, List<String>> query,
        Map<String, String> headers,
        byte[] body,
        Peer peer,
        Deadline deadline) {

    /** The header's value, or the empty text. */
    public String header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** Method and path, safe to show. */
    String shownTarget() {
        return Untrusted.show(method, 20) + " " + Untrusted.show(path, 200);
    }
}
