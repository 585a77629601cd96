// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Hash algorithms by the kernel's number, {@code include/uapi/linux/hash_info.h}. */
public enum KernelHash {
    MD4(0, "md4", 16, "2a864886f70d0204"),
    MD5(1, "md5", 16, "2a864886f70d0205"),
    SHA1(2, "sha1", 20, "2b0e03021a"),
    RMD160(3, "rmd160", 20, "2b24030201"),
    SHA256(4, "sha256", 32, "608648016503040201"),
    SHA384(5, "sha384", 48, "608648016503040202"),
    SHA512(6, "sha512", 64, "608648016503040203"),
    SHA224(7, "sha224", 28, "608648016503040204"),
    RMD128(8, "rmd128", 16, ""),
    RMD256(9, "rmd256", 32, ""),
    RMD320(10, "rmd320", 40, ""),
    WP256(11, "wp256", 32, ""),
    WP384(12, "wp384", 48, ""),
    WP512(13, "wp512", 64, ""),
    TGR128(14, "tgr128", 16, ""),
    TGR160(15, "tgr160", 20, ""),
    TGR192(16, "tgr192", 24, ""),
    SM3_256(17, "sm3", 32, "2a811ccf55018311"),
    STREEBOG256(18, "streebog256", 32, ""),
    STREEBOG512(19, "streebog512", 64, ""),
    SHA3_256(20, "sha3-256", 32, "608648016503040208"),
    SHA3_384(21, "sha3-384", 48, "608648016503040209"),
    SHA3_512(22, "sha3-512", 64, "60864801650304020a");

    private final int id;
    private final String kernelName;
    private final int bytes;
    private final String oid;

    KernelHash(int id, String kernelName, int bytes, String oid) {
        this.id = id;
        this.kernelName = kernelName;
        this.bytes = bytes;
        this.oid = oid;
    }

    /** The kernel's spelling, such as {@code sha256} or {@code sha3-256}. */
    public String kernelName() {
        return kernelName;
    }

    /** Size of a digest in bytes. */
    public int bytes() {
        return bytes;
    }

    /** The number that extended attributes carry. */
    public int id() {
        return id;
    }

    /** Content of the OBJECT IDENTIFIER in hex; empty when RSA signatures cannot name this hash. */
    String oid() {
        return oid;
    }

    /** The algorithm with this number. */
    public static Optional<KernelHash> ofId(int id) {
        return Arrays.stream(values()).filter(hash -> hash.id == id).findFirst();
    }

    /** The algorithm of this name; {@code sm3-256} and underscores are understood too. */
    public static Optional<KernelHash> ofName(String name) {
        String wanted = name.toLowerCase(Locale.ROOT).replace('_', '-');
        String plain = wanted.equals("sm3-256") ? "sm3" : wanted;
        return Arrays.stream(values()).filter(hash -> hash.kernelName.equals(plain)).findFirst();
    }
}
