// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.PcrSelection;
import attestation.tpm.QuoteInfo;
import attestation.tpm.TpmException.BadResponse;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Decoders against bytes of a real TPM, whole and mutilated. */
class WireTest {
    /** A recorded quote of swtpm: nonce, clock, firmware and selection are known from elsewhere. */
    static final byte[] ATTEST =
            HexFormat.of()
                    .parseHex(
                            "ff54434780180022000ba20126c0d800c98a3c77e6efc231df73bd053dba4fa78b9f"
                                    + "df2dfcb3a0bc7eef00146c73676f3754445974734f6c4956793531766947"
                                    + "000000000001430b0000000200000000012019102300163636"
                                    + "00000001000b0300040100200b2d0e4e21ac99142b28138377a19a562e57"
                                    + "da384bc12533917f5cd29a61c4ab");

    /** The public area of the key that made it, without the size before it, and its Name. */
    static final byte[] AK =
            HexFormat.of()
                    .parseHex(
                            "0001000b00050072000000100014000b0800000000000100bc9eb6447c3092e48a34"
                                    + "063792ca10fd089b245966eb11e0cea775aeff88949a23baa51b1b6f1762"
                                    + "35fb404fcf3e4f3c76bed05bfaed159df858ffdb3669d17162a7215f8a43"
                                    + "6599a6cd0f07f50d0db3b13ac354a3c3f75829830e79b44e9af3ba571307"
                                    + "8ebaccf103dc92afffc0b09661692b4c1fcec4ce516ccc291acf8229e72d"
                                    + "5979d374c14aa12dbedf9d77ca2fef495b1ebe8049746d6af607b477b9be"
                                    + "9d4f1c6f64224035c3ba8c6dcd9ba408d18a746c7cdfe9dc012bb2b4a0f3"
                                    + "620ba76985b2962ab87107e750eaee52fa943b1f26b6c6bc8baa1cfad00f"
                                    + "e45fb45e8a8482743dfb4216e7477be056353db70d62645d453a65c772c1"
                                    + "f77493ac38a7");

    @Test
    void parse_recordedQuote_saysWhatWasAsked() throws Exception {
        QuoteInfo info = QuoteInfo.parse(ATTEST);
        assertEquals(
                "lsgo7TDYtsOlIVy51viG", new String(info.extraData(), StandardCharsets.US_ASCII));
        assertEquals(82699, info.clock().clockMillis());
        assertEquals(2, info.clock().resetCount());
        assertEquals(0, info.clock().restartCount());
        assertTrue(info.clock().safe());
        assertEquals(0x2019102300163636L, info.firmwareVersion());
        assertEquals(PcrSelection.of(HashAlgorithm.SHA256, 10, 16), info.selection());
        assertEquals(
                "0b2d0e4e21ac99142b28138377a19a562e57da384bc12533917f5cd29a61c4ab",
                HexFormat.of().formatHex(info.pcrDigest()));
    }

    @Test
    void parse_everyTruncationAndExtension_isRefused() {
        for (int length = 0; length < ATTEST.length; length++) {
            byte[] cut = Arrays.copyOf(ATTEST, length);
            assertThrows(BadResponse.class, () -> QuoteInfo.parse(cut));
        }
        byte[] longer = Arrays.copyOf(ATTEST, ATTEST.length + 1);
        assertThrows(BadResponse.class, () -> QuoteInfo.parse(longer));
    }

    @Test
    void parse_hugeListCount_isRefusedBeforeAllocation() {
        int at = ATTEST.length - 34 - 6 - 4;
        for (String count : List.of("7fffffff", "ffffffff", "00ffffff", "00000011")) {
            byte[] hostile = ATTEST.clone();
            System.arraycopy(HexFormat.of().parseHex(count), 0, hostile, at, 4);
            BadResponse e = assertThrows(BadResponse.class, () -> QuoteInfo.parse(hostile));
            assertTrue(e.getMessage().contains("list of "), e.getMessage());
        }
    }

    @Test
    void publicArea_keyInfo_isWhatTheJdkReadsAndTruncationsAreRefused() throws Exception {
        PublicArea area = PublicArea.parse(AK);
        assertEquals(0x00050072, area.attributes());
        assertArrayEquals(AK, Arrays.copyOfRange(area.sized(), 2, area.sized().length));
        var key =
                (java.security.interfaces.RSAPublicKey)
                        java.security.KeyFactory.getInstance("RSA")
                                .generatePublic(
                                        new java.security.spec.X509EncodedKeySpec(
                                                area.subjectPublicKeyInfo().orElseThrow()));
        assertEquals(65537, key.getPublicExponent().intValueExact());
        assertEquals(2048, key.getModulus().bitLength());
        for (int length = 0; length < AK.length; length++) {
            byte[] cut = Arrays.copyOf(AK, length);
            assertThrows(BadResponse.class, () -> PublicArea.parse(cut));
        }
    }

    @Test
    void cut_areaLargerThanTheCertificate_isCutAndOthersAreNot() {
        byte[] area = HexFormat.of().parseHex("3003020105ffffff");
        assertEquals("3003020105", HexFormat.of().formatHex(Certificates.cut(area)));
        for (String odd : List.of("", "30", "3080", "3005020105", "ff00", "308400000001ff")) {
            byte[] bytes = HexFormat.of().parseHex(odd);
            assertArrayEquals(bytes, Certificates.cut(bytes));
            assertEquals(List.of(), Certificates.split(bytes));
        }
    }
}
