// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;

import attestation.fixtures.Tool;
import attestation.ima.HashAlgorithms;
import attestation.ima.signature.Verdict.Outcome;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** evmctl and openssl as the judges of what is verified and signed here, in both directions. */
class EvmctlSignatureTest {
    private static final List<String> KEYS = List.of("rsa2048", "rsa4096", "p256", "p384", "p521");

    /** What evmctl 1.4 signs and the JDK hashes; Bouncy Castle's are tested where it is. */
    private static final List<String> HASHES =
            List.of("md5", "sha1", "sha224", "sha256", "sha384", "sha512");

    @TempDir static Path keys;
    @TempDir Path folder;

    @BeforeAll
    static void makeKeys() {
        for (String name : KEYS) {
            List<String> kind =
                    name.startsWith("rsa")
                            ? List.of("-newkey", "rsa:" + name.substring(3))
                            : List.of(
                                    "-newkey",
                                    "ec",
                                    "-pkeyopt",
                                    "ec_paramgen_curve:P-" + name.substring(1));
            List<String> command = new ArrayList<>(List.of("openssl", "req", "-x509"));
            command.addAll(kind);
            command.addAll(List.of("-nodes", "-subj", "/CN=" + name, "-outform", "DER"));
            command.addAll(List.of("-keyout", name + ".pem", "-out", name + ".der"));
            Tool.run(keys, Map.of(), command);
            Tool.run(
                    keys,
                    Map.of(),
                    List.of(
                            "openssl",
                            "pkcs8",
                            "-topk8",
                            "-nocrypt",
                            "-in",
                            name + ".pem",
                            "-outform",
                            "DER",
                            "-out",
                            name + ".p8"));
        }
    }

    static Stream<Arguments> everyKeyAndHash() {
        return KEYS.stream().flatMap(k -> HASHES.stream().map(h -> Arguments.of(k, h)));
    }

    @ParameterizedTest
    @MethodSource("everyKeyAndHash")
    void verify_whatEvmctlSigned_isSigned(String key, String hash) throws Exception {
        Path file = content();
        evmctl(0, "ima_sign", "-a", hash, "-k", keyFile(key), file.toString());
        assertEquals(Outcome.SIGNED, verdict(file, key).outcome());

        assertEquals(Outcome.UNKNOWN_KEY, verdict(file, other(key)).outcome());
        evmctl(1, "ima_verify", "-k", certificate(other(key)), file.toString());

        Files.writeString(file, "other content");
        assertEquals(Outcome.INVALID_SIGNATURE, verdict(file, key).outcome());
        evmctl(1, "ima_verify", "-k", certificate(key), file.toString());
    }

    @ParameterizedTest
    @MethodSource("everyKeyAndHash")
    void sign_isAcceptedByEvmctl_untilTheFileChanges(String key, String hash) throws Exception {
        Path file = content();
        signer(key).sign(file, KernelHash.ofName(hash).orElseThrow());
        evmctl(0, "ima_verify", "-k", certificate(key), file.toString());
        evmctl(1, "ima_verify", "-k", certificate(other(key)), file.toString());
        Files.writeString(file, "other content");
        evmctl(1, "ima_verify", "-k", certificate(key), file.toString());
    }

    @ParameterizedTest
    @MethodSource("everyKeyAndHash")
    void verify_digestThatEvmctlStored_matches(String key, String hash) throws Exception {
        Path file = content();
        evmctl(0, "ima_hash", "-a", hash, file.toString());
        assertEquals(Outcome.DIGEST_MATCHES, verdict(file, key).outcome());
        Files.writeString(file, "other content");
        assertEquals(Outcome.INVALID_DIGEST, verdict(file, key).outcome());
    }

    /** evmctl 1.4 does not know SHA-3, openssl does. */
    @ParameterizedTest
    @ValueSource(strings = {"sha3-256", "sha3-384", "sha3-512"})
    void verifyAndSign_sha3_agreeWithOpenssl(String hash) throws Exception {
        for (String key : KEYS) {
            Path file = content();
            Path signature = folder.resolve("signature");
            Tool.run(
                    "openssl",
                    "dgst",
                    "-" + hash,
                    "-sign",
                    keyFile(key),
                    "-out",
                    signature.toString(),
                    file.toString());
            set(file, 2, hash, key, Files.readAllBytes(signature));
            assertEquals(Outcome.SIGNED, verdict(file, key).outcome(), key);

            SecurityXattr.Signed ours =
                    signer(key).sign(file, KernelHash.ofName(hash).orElseThrow());
            Files.write(signature, ours.signature());
            Path bare = folder.resolve("key.pub");
            Tool.run("openssl", "pkey", "-in", keyFile(key), "-pubout", "-out", bare.toString());
            Tool.run(
                    "openssl",
                    "dgst",
                    "-" + hash,
                    "-verify",
                    bare.toString(),
                    "-signature",
                    signature.toString(),
                    file.toString());
        }
    }

    /** Version 3 of type 0x03: openssl signs type, algorithm and digest, as Linux 7.1 wants. */
    @Test
    void verify_version3OverTheContent_agreesWithOpenssl() throws Exception {
        for (String key : KEYS) {
            Path file = content();
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            byte[] id = ByteBuffer.allocate(34).put((byte) 3).put((byte) 4).put(digest).array();
            Path message = Files.write(folder.resolve("id"), id);
            Path signature = folder.resolve("signature");
            Tool.run(
                    "openssl",
                    "dgst",
                    "-sha256",
                    "-sign",
                    keyFile(key),
                    "-out",
                    signature.toString(),
                    message.toString());
            set(file, 3, "sha256", key, Files.readAllBytes(signature));
            assertEquals(Outcome.SIGNED, verdict(file, key).outcome(), key);
            set(file, 2, "sha256", key, Files.readAllBytes(signature));
            assertEquals(Outcome.INVALID_SIGNATURE, verdict(file, key).outcome(), key);
        }
    }

    private Path content() throws IOException {
        return Files.writeString(folder.resolve("file"), "what is signed\n");
    }

    private void set(Path file, int version, String hash, String key, byte[] signature)
            throws IOException {
        KernelHash kernel = KernelHash.ofName(hash).orElseThrow();
        int keyId = trusted(key).kernelId();
        new UserXattrs()
                .set(
                        file,
                        FileVerifier.IMA,
                        new SecurityXattr.Signed(
                                        SecurityXattr.Kind.PLAIN, version, kernel, keyId, signature)
                                .toBytes());
    }

    private static Verdict verdict(Path file, String key) throws IOException {
        TrustedKeys trusted = new TrustedKeys(List.of(trusted(key)));
        return new FileVerifier(new UserXattrs(), hashes(), trusted).ima(file);
    }

    private static FileSigner signer(String key) throws Exception {
        byte[] der = Files.readAllBytes(keys.resolve(key + ".p8"));
        PrivateKey secret =
                KeyFactory.getInstance(key.startsWith("rsa") ? "RSA" : "EC")
                        .generatePrivate(new PKCS8EncodedKeySpec(der));
        return new FileSigner(new UserXattrs(), hashes(), secret, trusted(key).kernelId());
    }

    private static TrustedKey trusted(String key) throws IOException {
        return TrustedKey.read(key, Files.readAllBytes(keys.resolve(key + ".der")));
    }

    private static HashAlgorithms hashes() {
        return HashAlgorithms.with(EvmctlSignatureTest::md5);
    }

    private static @Nullable MessageDigest md5(String name) {
        try {
            return name.equals("md5") ? MessageDigest.getInstance("MD5") : null;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String other(String key) {
        return KEYS.get((KEYS.indexOf(key) + 1) % KEYS.size());
    }

    private static String keyFile(String key) {
        return keys.resolve(key + ".pem").toString();
    }

    private static String certificate(String key) {
        return keys.resolve(key + ".der").toString();
    }

    private void evmctl(int expected, String... arguments) {
        List<String> command = new ArrayList<>(List.of("evmctl"));
        command.add(arguments[0]);
        command.add("--xattr-user");
        command.addAll(List.of(arguments).subList(1, arguments.length));
        Tool.Result result = Tool.attempt(folder, Map.of(), command);
        assertEquals(expected, result.exitCode(), command + " " + result.err());
    }
}
