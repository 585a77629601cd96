// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Digests that {@code fsverity digest} (fsverity-utils 1.5) printed for the same contents. */
class VerityDigestTest {
    @ParameterizedTest
    @CsvSource({
        "0, sha256, 3d248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95",
        "0, sha512, ccf9e5aea1c2a64efa2f2354a6024b90dffde6bbc017825045dce374474e13d10adb9dadcc6ca8e17a3c075fbd31336e8f266ae6fa93a6c3bed66f9e784e5abf",
        "1, sha256, b803429503d95915829b29fdbc8bbad142f3abfd11b1cadf5526582e685c0551",
        "1, sha512, 9fcf5172b085b1c8f9365eecb37a1869e193a4705654a5829f11939cd01d5c0fd97276be8cd9d49f76cfc8dcfeb80f8128e3548a1de50b56912b9e3fc7bde27b",
        "4095, sha256, 5f4953aad672b0188023d6cd6fbce9d09508eb7dad165b6298ce0086bc1e72db",
        "4095, sha512, 1f4a9ea21af349cae1d1aa1ce4e560ce6d1e5882d8e2e7696b5afd14191f876e608444553101ba7ff16386a79c7e8739b2905ed14baf8036ebd05e6f09063b2a",
        "4096, sha256, 13e9b8848ae484a36acb3f3cac0ceb2f7601e96633d15c92f9bd3dd44e492157",
        "4096, sha512, 7bf994782b368ecc4e20ce9144701b1a30524d5bbc90987625de22eebc8cf370ec846c1b5e77f9099c6f6cfc0b590359b9ac8083a43e5f7fa5ec05a25dab6e03",
        "4097, sha256, b0d074abef4d544404facfab6ba242f6a8ccbde90f1325cd286f3c8aa8d0f8aa",
        "4097, sha512, 97a1e45daaa69bd7b31908cf835318ba36476984ffa7f4a5913c0187db04ce5f19dc80306f493741d4ad1cdd212b7a9d2691aa3d42563d35471363fbb0fc7f1c",
        "8192, sha256, e48d50c56c4f0178a98a035cb91d66be328eeff78bbddaa35c5ec4cc0d8340c0",
        "8192, sha512, 08667f73e1f72588f2e9ca3f18f54844199569c2fffbb6767631fd0bde697d5b1cc83daaf0072181f07d0e5cf030ed1a1e41955213f4a990d81dd6619c71a99d",
        "524288, sha256, d82861203d50ae9b60948504a704f35f5118bd229aeb1a22d6dae47b1767c4c4",
        "524288, sha512, 7b3d245f9dc3169e2f721fa32f735149ace066408e783d5d79e21f9761e2efc39fb016b0a94e0a00af41a32fa5283b189899b0f27f91d013be745709678c0278",
        "524289, sha256, 4dc6905041c9c4ee73e13b53f63f5d289c46da359b664a965ead7f8cc4d799d4",
        "524289, sha512, 60b58fe0f1e5198627ffb6be091eef60edce9b4ff6ee43884ba78a831ecdecc1572729afc5ebeb09101e3f102c9d7142ab4f66216198d85f8c7194eca7885bb2",
        "16777216, sha256, c8c603ba422d6052debd2b54bb205f9fc0af42457d7c754bdc9404d09f40e949",
        "16777216, sha512, 00e37446888e4861896321669d6216f8b4e94a94d144de71e81040bedf016625cb4a70a5aaeed1ccd10b1be93c72f9afe1cc90cd3179177e04007e4db320ec13",
        "528384, sha256, dd56ffe5de24c1229fe22d25f91db9e735f6adc921510dcf480094624458c92a",
        "528384, sha512, 2dc77c6f638456dd88ea85316cb37ca23cba502370fedd8e1ab978dffe15836adc9ab9b631403898743b53481f6612f62bc6a2195d7be1dac576484e330966d5",
        "1100000, sha256, 51c972f0d0ae809822f212ac45bb485127edd1febfde6685efcaf32843a07d4d",
        "1100000, sha512, 3ebf3b7a1a35740da4ef9e36268fc4ae1bea3a25a0513e1ce667329c8dc537f0a87e373844b1d1ce6abe0879d42b2e4229318fcb95eb86250530a33e94336ae2"
    })
    void of_contentOfThisSize_isWhatFsverityPrints(int size, String hash, String expected)
            throws Exception {
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++) {
            content[i] = (byte) (i % 251);
        }
        assertEquals(expected, digest(content, hash));
    }

    private static String digest(byte[] content, String hash) throws IOException {
        KernelHash kernel = KernelHash.ofName(hash).orElseThrow();
        try {
            MessageDigest digest =
                    MessageDigest.getInstance(hash.equals("sha256") ? "SHA-256" : "SHA-512");
            byte[] bytes = new VerityDigest(kernel, digest).of(new ByteArrayInputStream(content));
            return HexFormat.of().formatHex(bytes);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
