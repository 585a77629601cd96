// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import java.nio.file.Path;
import java.time.Clock;

/**
 * The one directory in which the agent keeps what must outlive it.
 *
 * @param path Keylime's {@code keylime_dir} or our own state directory
 * @param clock stamps files that are set aside
 */
public record StateDirectory(Path path, Clock clock) {
    /** AK blobs in Keylime's form. */
    public static final String AGENT_DATA = "agent_data.json";

    /** TLS key. */
    public static final String SERVER_KEY = "server-private.pem";

    /** TLS certificate. */
    public static final String SERVER_CERTIFICATE = "server-cert.crt";

    /** Key to which U and V are encrypted. */
    public static final String PAYLOAD_KEY = "payload-private.pem";

    /** A generated identifier. */
    public static final String AGENT_ID = "agent-id";

    /** When the present boot began. */
    public static final String BOOT_TIME = "boot-time";

    /** TPM sessions open now. */
    public static final String TPM_SESSIONS = "tpm-sessions";

    /** The file of that name; an absolute one may lie anywhere. */
    public StateFile file(String name) {
        return new StateFile(path.resolve(name), clock);
    }

    public StateFile file(Path name) {
        return new StateFile(path.resolve(name), clock);
    }
}
