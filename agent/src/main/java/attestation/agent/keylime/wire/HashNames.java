// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

/** A hash as the kernel, Keylime and the TPM name it (TCG Algorithm Registry, TPM_ALG_ID). */
enum HashNames {
    SHA1("sha1", "sha1", 0x0004),
    SHA256("sha256", "sha256", 0x000B),
    SHA384("sha384", "sha384", 0x000C),
    SHA512("sha512", "sha512", 0x000D),
    SM3("sm3", "sm3_256", 0x0012);

    private final String kernel;
    private final String keylime;
    private final int algId;

    HashNames(String kernel, String keylime, int algId) {
        this.kernel = kernel;
        this.keylime = keylime;
        this.algId = algId;
    }

    /** The hash of either spelling; {@code sm3-256} is an older kernel's. */
    static HashNames of(String name) {
        for (HashNames hash : values()) {
            if (hash.kernel.equals(name) || hash.keylime.equals(name)) {
                return hash;
            }
        }
        if (name.equals("sm3-256")) {
            return SM3;
        }
        throw new IllegalArgumentException(
                "hash: %s (expected: sha1, sha256, sha384, sha512 or sm3)"
                        .formatted(Shown.text(name)));
    }

    String keylime() {
        return keylime;
    }

    int algId() {
        return algId;
    }
}
