// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import attestation.fixtures.Swtpm;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Quotes of a software TPM made by tpm2-tools: neither end is ours. */
final class SoftwareTpmQuoteTest {
    @ParameterizedTest
    @CsvSource({
        "rsa2048, rsassa, sha256",
        "rsa2048, rsapss, sha256",
        "rsa3072, rsassa, sha384",
        "ecc256, ecdsa, sha256",
        "ecc384, ecdsa, sha384"
    })
    void quote_ofARealTpm_isTaken(String key, String scheme, String hash) throws Exception {
        try (Swtpm tpm = Swtpm.start()) {
            Path folder = tpm.folder();
            createAk(tpm, key, scheme, hash);
            String nonce = "0123456789abcdefABCD";
            tpm.run(
                    "tpm2_quote",
                    "-c",
                    "ak.ctx",
                    "-l",
                    "sha256:0,1,2,3,4,5,6,7,8,10,16",
                    "-g",
                    hash,
                    "--scheme",
                    scheme,
                    "-q",
                    HexFormat.of()
                            .formatHex(nonce.getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
                    "-m",
                    "attest",
                    "-s",
                    "sig",
                    "-o",
                    "pcrs");
            byte[] signed = Files.readAllBytes(folder.resolve("attest"));
            Attest attest = Attest.parse(signed);
            assertEquals(
                    nonce,
                    new String(attest.extraData(), java.nio.charset.StandardCharsets.US_ASCII));
            TpmSignature signature = TpmSignature.parse(Files.readAllBytes(folder.resolve("sig")));
            assertEquals(scheme + "-" + hash, signature.toString());
            PcrBlob pcrs = PcrBlob.parse(Files.readAllBytes(folder.resolve("pcrs")));
            assertEquals("sha256:0,1,2,3,4,5,6,7,8,10,16", pcrs.selection().toString());
            assertEquals(
                    HexFormat.of().formatHex(attest.pcrDigest()),
                    HexFormat.of().formatHex(pcrs.digest(signature.hash())));
            AttestationKey ak = AttestationKeyReader.read(folder.resolve("ak.tpm2b"));
            SignatureCheck.verify(ak, signature, signed);
            SignatureCheck.verify(
                    AttestationKeyReader.read(folder.resolve("ak.pem")), signature, signed);
            assertEquals(
                    HexFormat.of().formatHex(Files.readAllBytes(folder.resolve("ak.name"))),
                    ak.label());
            signed[signed.length - 1] ^= 1;
            assertThrows(
                    RefutedException.class, () -> SignatureCheck.verify(ak, signature, signed));
        }
    }

    private static void createAk(Swtpm tpm, String key, String scheme, String hash) {
        tpm.run(
                "tpm2_createprimary",
                "-C",
                "e",
                "-G",
                key + ":" + scheme + "-" + hash + ":null",
                "-a",
                "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign",
                "-c",
                "ak.ctx");
        flush(tpm);
        tpm.run("tpm2_readpublic", "-c", "ak.ctx", "-f", "tss", "-o", "ak.tpm2b", "-n", "ak.name");
        flush(tpm);
        tpm.run("tpm2_readpublic", "-c", "ak.ctx", "-f", "pem", "-o", "ak.pem");
        flush(tpm);
    }

    /** There is no resource manager: every tool leaves its object behind. */
    private static void flush(Swtpm tpm) {
        tpm.run("tpm2_flushcontext", "-t");
    }
}
