// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;
import attestation.tpm.wire.PublicArea;

import java.util.Arrays;
import java.util.HexFormat;

/** Authorization policies of EKs (TCG EK Credential Profile 2.5, §B.6). */
enum EkPolicy {
    /** PolicySecret(TPM_RH_ENDORSEMENT). */
    A,
    /** PolicyOR(A, C), C being an NV index of the platform's owner. */
    B,
    /** No policy; the empty password. */
    PASSWORD;

    private static final int USER_WITH_AUTH = 0x40;

    static final String A256 = "837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa";
    private static final String A384 =
            "8bbf2266537c171cb56e403c4dc1d4b64f432611dc386e6f532050c3278c930e143e8bb1133824ccb431053871c6db53";
    private static final String A512 =
            "1e3b76502c8a1425aa0b7b3fc646a1b0fae063b03b5368f9c4cddecaff0891dd"
                    + "682bac1a85d4d832b781ea451915de5fc5bf0dc4a1917cd42fa041e3f998e0ee";
    private static final String B256 =
            "ca3d0a99a2b93906f7a3342414efcfb3a385d44cd1fd459089d19b5071c0b7a0";
    private static final String B384 =
            "b26e7d28d11a50bc53d882bcf5fd3a1a074148bb35d3b4e4cb1c0ad9bde419cacb47ba09699646150f9fc000f3f80e12";
    private static final String B512 =
            "b8221ca69e8550a4914de3faa6a18c072cc01208073a928d5d66d59ef79e49a4"
                    + "29c41a6b269571d57edb25fbdb1838425608b413cd616a5f6db5b6071af99bea";
    private static final String C256 =
            "3767e2edd43ff45a3a7e1eaefcef78643dca964632e7aad82c673a30d8633fde";
    private static final String C384 =
            "d6032ce61f2fb3c240eb3cf6a33237ef2b6a16f4293c22b455e261cffd217ad5b4947c2d73e63005eed2dc2b3593d165";
    private static final String C512 =
            "589ee1e146544716e8deafe6db247b01b81e9f9c7dd16b814aa159138749105f"
                    + "ba5388dd1dea702f35240c184933121e2c61b8f50d3ef91393a49a38c3f73fc8";

    static byte[] policyA(HashAlgorithm hash) {
        return pick(hash, A256, A384, A512);
    }

    static byte[] policyB(HashAlgorithm hash) {
        return pick(hash, B256, B384, B512);
    }

    static byte[] policyC(HashAlgorithm hash) {
        return pick(hash, C256, C384, C512);
    }

    /** How an existing key can be used, told from its public area. */
    static EkPolicy of(PublicArea area) throws TpmException {
        HashAlgorithm hash = area.nameHash();
        if (Arrays.equals(area.policy(), policyA(hash))) {
            return A;
        }
        if (Arrays.equals(area.policy(), policyB(hash))) {
            return B;
        }
        if ((area.attributes() & USER_WITH_AUTH) != 0) {
            return PASSWORD;
        }
        throw new TpmException.Unsupported(
                "EK policy: "
                        + HexFormat.of().formatHex(area.policy())
                        + " (expected: a policy of the TCG EK templates)");
    }

    private static byte[] pick(HashAlgorithm hash, String sha256, String sha384, String sha512) {
        return switch (hash) {
            case SHA256 -> HexFormat.of().parseHex(sha256);
            case SHA384 -> HexFormat.of().parseHex(sha384);
            case SHA512 -> HexFormat.of().parseHex(sha512);
            case SHA1, SM3_256 -> new byte[] {0};
        };
    }
}
