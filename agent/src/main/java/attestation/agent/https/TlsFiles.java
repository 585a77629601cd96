// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the server's TLS material lies.
 *
 * @param key PEM private key: PKCS#8, encrypted PKCS#8, or a legacy RSA or EC key
 * @param keyPassword of an encrypted key; empty for none; wiped by nobody, so keep it short-lived
 * @param certificate PEM certificate of that key, followed by its chain
 * @param clientCas PEM files, each with any number of CA certificates that issue client ones
 */
public record TlsFiles(Path key, char[] keyPassword, Path certificate, List<Path> clientCas) {
    public TlsFiles {
        clientCas = List.copyOf(clientCas);
    }

    @Override
    public String toString() {
        return "TlsFiles[key=" + key + ", certificate=" + certificate + ", cas=" + clientCas + "]";
    }
}
