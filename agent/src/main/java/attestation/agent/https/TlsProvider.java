// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

/** Which TLS implementation to use. */
public enum TlsProvider {
    /** BoringSSL where its native library loads, else the JDK's. */
    AUTO,
    /** BoringSSL by netty-tcnative; the start fails where it cannot be loaded. */
    BORINGSSL,
    /** The JDK's own. */
    JDK
}
