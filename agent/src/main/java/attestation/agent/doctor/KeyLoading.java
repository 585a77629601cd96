// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import java.io.IOException;
import java.util.Optional;

/** How a key on disk gets into the keyring by which the kernel judges signatures. */
public final class KeyLoading {
    static final String FOLDER = "/etc/keys/ima";

    private KeyLoading() {}

    /**
     * The shell command for this kernel: where only the kernel's own keys may sign, {@code .ima}
     * takes the certificate; else root's {@code _ima}, which must be reachable from the session
     * whose process is appraised first.
     */
    public static String command(Host host) {
        boolean trusted =
                host.kernel().option("CONFIG_INTEGRITY_TRUSTED_KEYRING").equals(Optional.of("y"));
        String ring =
                trusted
                        ? "keyctl padd asymmetric '' %keyring:.ima"
                        : "keyctl link @u @s; keyctl padd asymmetric '' $(keyctl newring _ima @u)";
        return ring + " <" + key(host);
    }

    /** The first certificate there, else a word in its place. */
    static String key(Host host) {
        try {
            return host.files().list(FOLDER).stream()
                    .filter(name -> name.matches("[\\w.+-]+\\.der"))
                    .findFirst()
                    .map(name -> FOLDER + "/" + name)
                    .orElse(FOLDER + "/KEY.der");
        } catch (IOException e) {
            return FOLDER + "/KEY.der";
        }
    }
}
