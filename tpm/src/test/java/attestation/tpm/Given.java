// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import attestation.fixtures.Swtpm;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** What the tests of this package begin with. */
final class Given {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final PcrSelection PCRS = PcrSelection.of(HashAlgorithm.SHA256, 0, 10, 16);

    private Given() {}

    static TpmSettings settings(Swtpm swtpm) {
        return TpmSettings.of(TpmAddress.parse(swtpm.tcti()));
    }

    static Tpm tpm(Swtpm swtpm) {
        return Tpm.start(settings(swtpm));
    }

    static AkTemplate template(EncryptionAlgorithm kind, HashAlgorithm hash) {
        SigningAlgorithm signing = kind.isRsa() ? SigningAlgorithm.RSASSA : SigningAlgorithm.ECDSA;
        return new AkTemplate(kind, signing, hash);
    }

    /** Makes an AK and loads it. */
    static AttestationKey ak(Tpm tpm, EncryptionAlgorithm kind, HashAlgorithm hash)
            throws Exception {
        EkRequest ek = EkRequest.of(kind);
        AkBlob blob = tpm.createAk(ek, template(kind, hash), PATIENCE);
        return tpm.loadAk(ek, blob, PATIENCE);
    }

    /** A fast AK, its first use behind it: that one is answered TPM_RC_RETRY by swtpm. */
    static AttestationKey warmAk(Tpm tpm) throws Exception {
        AttestationKey key = ak(tpm, EncryptionAlgorithm.ECC256, HashAlgorithm.SHA256);
        quote(tpm, "warm");
        return key;
    }

    static Quote quote(Tpm tpm, String nonce) throws Exception {
        return tpm.quote(bytes(nonce), PCRS, Lane.INTEGRITY, PATIENCE);
    }

    /** An object of another program; its handle. */
    static List<Integer> foreignObject(Swtpm swtpm) throws Exception {
        List<Integer> before = swtpm.transientHandles();
        swtpm.run("tpm2_createprimary", "-C", "o", "-c", before.size() + ".ctx");
        List<Integer> now = new ArrayList<>(swtpm.transientHandles());
        now.removeAll(before);
        return List.copyOf(now);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Path pem(Path file, byte[] subjectPublicKeyInfo) throws Exception {
        String body =
                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(subjectPublicKeyInfo);
        return Files.writeString(
                file, "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n");
    }
}
