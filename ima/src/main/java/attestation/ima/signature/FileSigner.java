// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import attestation.ima.HashAlgorithms;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;

/**
 * Signs the content of files into {@code security.ima}, version 2, which every kernel since 3.7
 * accepts.
 */
public final class FileSigner {
    private final Xattrs xattrs;
    private final HashAlgorithms hashes;
    private final PrivateKey key;
    private final int keyId;

    /**
     * @param key RSA or EC
     * @param keyId what the kernel will look for: of the certificate in its keyring
     */
    public FileSigner(Xattrs xattrs, HashAlgorithms hashes, PrivateKey key, int keyId) {
        this.xattrs = xattrs;
        this.hashes = hashes;
        this.key = key;
        this.keyId = keyId;
    }

    /**
     * Signs a file and sets its attribute, replacing what was there.
     *
     * @return the attribute that was set
     * @throws IOException when the file cannot be read or the attribute not set
     * @throws GeneralSecurityException when key and hash do not fit together
     */
    public SecurityXattr.Signed sign(Path file, KernelHash hash)
            throws IOException, GeneralSecurityException {
        byte[] digest = ContentDigest.of(file, hashes.digest(hash.kernelName()));
        byte[] signature = RawSignature.sign(key, hash, digest);
        SecurityXattr.Signed signed =
                new SecurityXattr.Signed(SecurityXattr.Kind.PLAIN, 2, hash, keyId, signature);
        xattrs.set(file, FileVerifier.IMA, signed.toBytes());
        return signed;
    }
}
