// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

/**
 * A decoded TPMT_SIGNATURE (TPM 2.0 Part 2 §11.3.4).
 *
 * @param scheme how it was made
 * @param hash over what
 * @param first the RSA signature, or ECDSA's r
 * @param second ECDSA's s, else empty
 */
record TpmSignature(SigningScheme scheme, HashAlg hash, byte[] first, byte[] second) {
    private static final int MAX_RSA = 512;
    private static final int MAX_FIELD = 66;

    static TpmSignature parse(byte[] bytes) throws RefutedException {
        WireReader in = new WireReader("TPMT_SIGNATURE", bytes);
        SigningScheme scheme = SigningScheme.ofTpmId(in.u16("sigAlg"));
        HashAlg hash = HashAlg.ofTpmId(in.u16("hash"));
        TpmSignature signature =
                scheme == SigningScheme.ECDSA
                        ? new TpmSignature(
                                scheme, hash, in.sized("r", MAX_FIELD), in.sized("s", MAX_FIELD))
                        : new TpmSignature(scheme, hash, in.sized("sig", MAX_RSA), new byte[0]);
        in.end();
        return signature;
    }

    @Override
    public String toString() {
        return scheme.text() + "-" + hash.text();
    }
}
