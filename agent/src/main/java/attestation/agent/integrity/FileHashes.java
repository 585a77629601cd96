// SPDX-License-Identifier: Apache-2.0
package attestation.agent.integrity;

import attestation.ima.HashAlgorithms;

import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.GOST3411_2012_256Digest;
import org.bouncycastle.crypto.digests.GOST3411_2012_512Digest;
import org.bouncycastle.crypto.digests.MD4Digest;
import org.bouncycastle.crypto.digests.MD5Digest;
import org.bouncycastle.crypto.digests.RIPEMD128Digest;
import org.bouncycastle.crypto.digests.RIPEMD160Digest;
import org.bouncycastle.crypto.digests.RIPEMD256Digest;
import org.bouncycastle.crypto.digests.RIPEMD320Digest;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.digests.TigerDigest;
import org.bouncycastle.crypto.digests.WhirlpoolDigest;
import org.jspecify.annotations.Nullable;

import java.security.MessageDigest;

/** Every hash that the kernel can name in {@code security.ima} and that anyone implements. */
public final class FileHashes {
    private FileHashes() {}

    /** The JDK's, and Bouncy Castle's for the rest. */
    public static HashAlgorithms all() {
        return HashAlgorithms.with(FileHashes::other);
    }

    private static @Nullable MessageDigest other(String kernelName) {
        Digest digest = lightweight(kernelName);
        return digest == null ? null : new Adapter(kernelName, digest);
    }

    private static @Nullable Digest lightweight(String kernelName) {
        return switch (kernelName) {
            case "md4" -> new MD4Digest();
            case "md5" -> new MD5Digest();
            case "rmd128" -> new RIPEMD128Digest();
            case "rmd160" -> new RIPEMD160Digest();
            case "rmd256" -> new RIPEMD256Digest();
            case "rmd320" -> new RIPEMD320Digest();
            case "wp512" -> new WhirlpoolDigest();
            case "tgr192" -> new TigerDigest();
            case "sm3", "sm3_256" -> new SM3Digest();
            case "streebog256" -> new GOST3411_2012_256Digest();
            case "streebog512" -> new GOST3411_2012_512Digest();
            default -> null;
        };
    }

    /** Bouncy Castle's digest in the JDK's clothes, without its provider. */
    private static final class Adapter extends MessageDigest {
        private final Digest digest;

        Adapter(String name, Digest digest) {
            super(name);
            this.digest = digest;
        }

        @Override
        protected int engineGetDigestLength() {
            return digest.getDigestSize();
        }

        @Override
        protected void engineUpdate(byte input) {
            digest.update(input);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            digest.update(input, offset, length);
        }

        @Override
        protected byte[] engineDigest() {
            byte[] out = new byte[digest.getDigestSize()];
            digest.doFinal(out, 0);
            return out;
        }

        @Override
        protected void engineReset() {
            digest.reset();
        }
    }
}
