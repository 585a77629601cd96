// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.ima.HashAlgorithms;
import attestation.ima.signature.Verdict.Outcome;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;

/** Files whose verdicts the kernel and evmctl gave, see the README beside them. */
class RecordedFilesTest {
    @TempDir Path folder;

    private static FileVerifier verifier(RecordedFile file, TrustedKeys keys) {
        return verifier(file, keys, RecordedFile.OWNERSHIP);
    }

    private static FileVerifier verifier(RecordedFile file, TrustedKeys keys, Ownership owner) {
        HashAlgorithms hashes = HashAlgorithms.with(RecordedFilesTest::md5);
        return new FileVerifier(file, hashes, keys, path -> owner);
    }

    private static @org.jspecify.annotations.Nullable MessageDigest md5(String name) {
        try {
            return name.equals("md5") ? MessageDigest.getInstance("MD5") : null;
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "badsig, INVALID_SIGNATURE",
        "ec256-sha256, SIGNED",
        "ec384-sha256, SIGNED",
        "ec384-sha384, SIGNED",
        "evmportable-ec256, SIGNED",
        "evmportable-hash, DIGEST_MATCHES",
        "evmportable-rsa, SIGNED",
        "hash-sha256, DIGEST_MATCHES",
        "hash-sha512, DIGEST_MATCHES",
        "md5hash, DIGEST_MATCHES",
        "rsa-sha256, SIGNED",
        "rsa-sha512, SIGNED",
        "rsa-verity, SIGNED",
        "sha1hash, DIGEST_MATCHES",
        "unsigned, MISSING"
    })
    void ima_recordedFile_isJudgedAsTheKernelDid(String name, Outcome expected) throws IOException {
        RecordedFile file = RecordedFile.of(name, folder);
        Verdict verdict = verifier(file, RecordedFile.keys()).ima(file.path());
        assertEquals(expected, verdict.outcome(), verdict.why());
    }

    @ParameterizedTest
    @CsvSource({
        "evmportable-ec256, SIGNED",
        "evmportable-hash, SIGNED",
        "evmportable-rsa, SIGNED",
        "rsa-sha256, MISSING"
    })
    void evm_recordedFile_isJudgedAsTheKernelDid(String name, Outcome expected) throws IOException {
        RecordedFile file = RecordedFile.of(name, folder);
        Verdict verdict = verifier(file, RecordedFile.keys()).evm(file.path());
        assertEquals(expected, verdict.outcome(), verdict.why());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ec256-sha256",
                "ec384-sha384",
                "rsa-sha256",
                "rsa-sha512",
                "rsa-verity",
                "hash-sha256",
                "md5hash",
                "sha1hash"
            })
    void ima_oneBitOfContentChanged_isNotGood(String name) throws IOException {
        RecordedFile file = RecordedFile.of(name, folder);
        byte[] content = Files.readAllBytes(file.path());
        content[content.length - 1] ^= 1;
        Files.write(file.path(), content);
        Outcome outcome = verifier(file, RecordedFile.keys()).ima(file.path()).outcome();
        Outcome expected =
                name.endsWith("hash") || name.startsWith("hash")
                        ? Outcome.INVALID_DIGEST
                        : Outcome.INVALID_SIGNATURE;
        assertEquals(expected, outcome);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ec256-sha256", "rsa-sha256", "rsa-verity", "ec384-sha384"})
    void ima_anyBitOfTheAttributeChanged_isNeverSigned(String name) throws IOException {
        RecordedFile file = RecordedFile.of(name, folder);
        byte[] value = file.value();
        FileVerifier verifier = verifier(file, RecordedFile.keys());
        for (int bit = 0; bit < value.length * 8; bit++) {
            byte[] changed = value.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            file.set(file.path(), FileVerifier.IMA, changed);
            Outcome outcome = verifier.ima(file.path()).outcome();
            assertNotEquals(Outcome.SIGNED, outcome, "bit " + bit);
        }
    }

    @Test
    void ima_attributeCutAtAnyLength_isNeverSigned() throws IOException {
        RecordedFile file = RecordedFile.of("rsa-sha256", folder);
        byte[] value = file.value();
        FileVerifier verifier = verifier(file, RecordedFile.keys());
        for (int length = 0; length < value.length; length++) {
            file.set(file.path(), FileVerifier.IMA, java.util.Arrays.copyOf(value, length));
            assertEquals(Outcome.MALFORMED, verifier.ima(file.path()).outcome(), "" + length);
        }
    }

    @Test
    void ima_keyNotGiven_isNamed() throws IOException {
        RecordedFile file = RecordedFile.of("ec256-sha256", folder);
        TrustedKeys others = new TrustedKeys(List.of(RecordedFile.key("ec384.der")));
        Verdict verdict = verifier(file, others).ima(file.path());
        assertEquals(Outcome.UNKNOWN_KEY, verdict.outcome());
        assertEquals("no key with id 42f308fa among 1", verdict.why());
    }

    @Test
    void ima_signatureRelabelledWithAnotherKeysId_isInvalid() throws IOException {
        RecordedFile file = RecordedFile.of("ec256-sha256", folder);
        byte[] value = file.value().clone();
        System.arraycopy(new byte[] {0x7e, (byte) 0x91, 0x77, (byte) 0xfd}, 0, value, 3, 4);
        file.set(file.path(), FileVerifier.IMA, value);
        Verdict verdict = verifier(file, RecordedFile.keys()).ima(file.path());
        assertEquals(Outcome.INVALID_SIGNATURE, verdict.outcome());
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 33261", "0, 1, 33261", "0, 0, 33260"})
    void evm_otherOwnerGroupOrMode_isInvalid(int uid, int gid, int mode) throws IOException {
        RecordedFile file = RecordedFile.of("evmportable-rsa", folder);
        Ownership owner = new Ownership(uid, gid, mode);
        Verdict verdict = verifier(file, RecordedFile.keys(), owner).evm(file.path());
        assertEquals(Outcome.INVALID_SIGNATURE, verdict.outcome());
    }

    @Test
    void evm_withoutSecurityIma_isInvalid() throws IOException {
        RecordedFile file = RecordedFile.of("evmportable-rsa", folder);
        file.xattrs().remove(FileVerifier.IMA);
        Verdict verdict = verifier(file, RecordedFile.keys()).evm(file.path());
        assertEquals(Outcome.INVALID_SIGNATURE, verdict.outcome());
        assertTrue(verdict.why().contains("security.ima"), verdict.why());
    }

    @Test
    void evm_anotherAttributeAdded_isInvalid() throws IOException {
        RecordedFile file = RecordedFile.of("evmportable-ec256", folder);
        file.set(file.path(), "security.capability", new byte[] {1});
        Verdict verdict = verifier(file, RecordedFile.keys()).evm(file.path());
        assertEquals(Outcome.INVALID_SIGNATURE, verdict.outcome());
    }

    @Test
    void evm_hmac_isUndecidedAndSaysWhy() throws IOException {
        RecordedFile file = RecordedFile.of("unsigned", folder);
        byte[] hmac = new byte[21];
        hmac[0] = 2;
        file.set(file.path(), FileVerifier.EVM, hmac);
        Verdict verdict = verifier(file, RecordedFile.keys()).evm(file.path());
        assertEquals(Outcome.UNDECIDED, verdict.outcome());
        assertEquals("an HMAC under a key that only the kernel has", verdict.why());
    }

    @Test
    void ima_hashThatIsNotInstalled_isUndecided() throws IOException {
        RecordedFile file = RecordedFile.of("md5hash", folder);
        FileVerifier verifier =
                new FileVerifier(file, HashAlgorithms.standard(), RecordedFile.keys());
        Verdict verdict = verifier.ima(file.path());
        assertEquals(Outcome.UNDECIDED, verdict.outcome());
        assertEquals("hash md5 cannot be computed here", verdict.why());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0700; type 0x07 (expected: 0x01..0x06)",
                "0404aa; sha256 digest: 1 bytes (expected: 32)",
                "0417aa; hash algorithm 23 (expected: 0..22)",
                "01aa; digest of type 0x01: 1 bytes (expected: 16 or 20)",
                "030104112233440001aa; signature version 1 (expected: 2 or 3)",
                "030204112233440002aa; signature length 2 (expected: 1, the rest of the attribute)",
                "060204112233440001aa; fs-verity signature version 2 (expected: 3)",
                "03; 1 bytes (expected: 2..65536)"
            })
    void ima_malformedAttribute_namesWhatIsWrong(String hex, String why) throws IOException {
        RecordedFile file = RecordedFile.of("unsigned", folder);
        file.set(file.path(), FileVerifier.IMA, java.util.HexFormat.of().parseHex(hex));
        Verdict verdict = verifier(file, RecordedFile.keys()).ima(file.path());
        assertEquals(Outcome.MALFORMED, verdict.outcome());
        assertEquals(why, verdict.why());
    }

    @Test
    void ima_pipe_isRefusedInsteadOfWaitedFor() throws IOException {
        RecordedFile file = RecordedFile.of("rsa-sha256", folder);
        attestation.fixtures.Tool.run("mkfifo", folder.resolve("pipe").toString());
        IOException e =
                org.junit.jupiter.api.Assertions.assertThrows(
                        IOException.class,
                        () -> verifier(file, RecordedFile.keys()).ima(folder.resolve("pipe")));
        assertEquals("not a regular file", e.getMessage());
    }

    @Test
    void keyIds_ofTheThreeKeys_areThoseTheReadmeNames() throws IOException {
        Map<String, String> expected =
                Map.of("rsa2048", "7e9177fd", "ec256", "42f308fa", "ec384", "cd1c1c85");
        for (var each : expected.entrySet()) {
            TrustedKey certificate = RecordedFile.key(each.getKey() + ".der");
            TrustedKey bare = RecordedFile.key(each.getKey() + ".pub.pem");
            assertEquals(each.getValue(), KeyIds.text(certificate.kernelId()));
            assertEquals(each.getValue(), KeyIds.text(bare.keyId()));
        }
    }
}
