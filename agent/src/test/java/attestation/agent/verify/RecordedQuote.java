// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** The quote of a real software TPM that Keylime's own verifier accepted. */
final class RecordedQuote {
    static final String NONCE = "lsgo7TDYtsOlIVy51viG";
    static final String NAME =
            "000b1376681ccf80655cd50937d5779c36eacf8d796af9e3db682ba06cfe75245b97";
    static final int PCR_10 = 1 << 10;

    private RecordedQuote() {}

    static byte[] part(String name) throws IOException {
        String resource = "/attestation/fixtures/keylime-quote/" + name;
        try (InputStream in = RecordedQuote.class.getResourceAsStream(resource)) {
            return Objects.requireNonNull(in, resource).readAllBytes();
        }
    }

    static Path copy(String name, Path folder) throws IOException {
        return Files.write(folder.resolve(name), part(name));
    }

    static QuoteRequest request() {
        return new QuoteRequest(NONCE, PCR_10, true, 0);
    }

    static Claims claims() {
        return new Claims(
                "sha256", "rsa2048", "rsassa", OptionalLong.of(0), OptionalLong.of(1764000000));
    }

    static Evidence evidence(Path folder) throws IOException {
        return new Evidence(
                request(),
                claims(),
                part("quote.attest"),
                part("quote.sig"),
                part("quote.pcrs"),
                Optional.of(part("pubkey.pem")),
                Optional.of(copy("ima.list", folder)),
                Optional.of(new byte[] {1, 2, 3, 4}));
    }

    /** The set as {@code --save} writes it, and the AK beside it. */
    static Path savedSet(Path folder) throws Exception {
        Path set = Files.createDirectory(folder.resolve("set"));
        Path ak = copy("ak.tpm2b", folder);
        new EvidenceFolder(set).save(evidence(folder), Optional.of(AttestationKeyReader.read(ak)));
        Files.writeString(set.resolve(EvidenceFolder.REPORT), "{}");
        return set;
    }
}
