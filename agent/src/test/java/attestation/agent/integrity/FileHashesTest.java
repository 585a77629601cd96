// SPDX-License-Identifier: Apache-2.0
package attestation.agent.integrity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import attestation.fixtures.Tool;
import attestation.ima.signature.KernelHash;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

class FileHashesTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"md5", "rmd160", "sm3", "sha224", "sha3-384"})
    void digest_isWhatOpensslPrints(String name) throws Exception {
        byte[] content = "what is hashed".getBytes(StandardCharsets.US_ASCII);
        Path file = Files.write(folder.resolve("file"), content);
        String openssl = name.equals("rmd160") ? "ripemd160" : name;
        String printed = Tool.run("openssl", "dgst", "-" + openssl, file.toString()).text();
        assertEquals(
                printed.substring(printed.lastIndexOf(' ') + 1),
                HexFormat.of().formatHex(FileHashes.all().digest(name).digest(content)));
    }

    /** Digests of nothing, as their authors publish them. */
    @ParameterizedTest
    @CsvSource({
        "md4, 31d6cfe0d16ae931b73c59d7e0c089c0",
        "rmd128, cdf26213a150dc3ecb610f18f6b38b46",
        "streebog256, 3f539a213e97c802cc229d474c6aa32a825a360b2a933a949fd925208d9ce1bb"
    })
    void digest_ofNothing_isTheAuthors(String name, String expected) {
        assertEquals(expected, HexFormat.of().formatHex(FileHashes.all().digest(name).digest()));
    }

    @Test
    void supports_everyHashThatAnyKernelComputes_withItsSize() {
        for (KernelHash hash : KernelHash.values()) {
            String name = hash.kernelName();
            boolean nowhere = name.matches("wp256|wp384|tgr128|tgr160");
            assertEquals(!nowhere, FileHashes.all().supports(name), name);
            if (!nowhere) {
                assertEquals(hash.bytes(), FileHashes.all().digest(name).digest().length, name);
            }
        }
        assertFalse(FileHashes.all().supports("crc32"));
    }
}
