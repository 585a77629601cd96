// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.wire;

import attestation.tpm.SigningAlgorithm;
import attestation.tpm.TpmException.BadResponse;

/** TPMT_SIGNATURE (Part 2 §11.3.4): looked through for its shape, never re-encoded. */
public final class Signatures {
    private static final int MAX_RSA = 512;
    private static final int MAX_FIELD = 80;

    private Signatures() {}

    /**
     * Takes one signature from the reader and holds its scheme against the key's.
     *
     * @param scheme TPM_ALG_ID the key signs with
     * @param hash TPM_ALG_ID of the scheme's hash
     * @return its exact bytes
     */
    public static byte[] take(TpmReader in, byte[] whole, int scheme, int hash) throws BadResponse {
        int start = in.position();
        int algorithm = in.u16();
        int digest = in.u16();
        if (algorithm != scheme || digest != hash) {
            throw in.bad(
                    String.format(
                            "signature scheme 0x%x/0x%x (expected: 0x%x/0x%x)",
                            algorithm, digest, scheme, hash));
        }
        boolean rsa =
                SigningAlgorithm.ofTpmId(algorithm).map(SigningAlgorithm::isRsa).orElse(false);
        require(in, in.sized(rsa ? MAX_RSA : MAX_FIELD));
        if (!rsa) {
            require(in, in.sized(MAX_FIELD));
        }
        return java.util.Arrays.copyOfRange(whole, start, in.position());
    }

    private static void require(TpmReader in, byte[] value) throws BadResponse {
        if (value.length == 0) {
            throw in.bad("empty signature");
        }
    }
}
