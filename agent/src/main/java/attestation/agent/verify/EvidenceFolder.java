// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Evidence in a folder: one file for each part, a manifest of their hashes, and a report, which is
 * none.
 */
final class EvidenceFolder {
    static final String REQUEST = "request";
    static final String NONCE = "nonce";
    static final String ANSWER = "answer";
    static final String ATTEST = "quote.attest";
    static final String SIGNATURE = "quote.sig";
    static final String PCRS = "quote.pcrs";
    static final String PUBKEY = "pubkey.pem";
    static final String LIST = "ima.list";
    static final String BOOT_LOG = "boot.log";
    static final String AK_PEM = "ak.pem";
    static final String AK_AREA = "ak.tpm2b";
    static final String REPORT = "report.json";

    private static final int MAX_PART = 64 * 1024;
    private static final int MAX_BOOT_LOG = 64 * 1024 * 1024;

    private final Path folder;

    EvidenceFolder(Path folder) {
        this.folder = folder;
    }

    /** What was saved: the evidence and, where one was trusted then, the AK. */
    record Saved(Evidence evidence, Optional<AttestationKey> ak) {}

    Path path() {
        return folder;
    }

    /**
     * Makes the folder, which may be there if it is empty.
     *
     * @throws UndecidedException when it holds something or cannot be written
     */
    void create() throws UndecidedException {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(
                        folder,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            try (var files = Files.list(folder)) {
                if (files.findAny().isPresent()) {
                    throw new UndecidedException(
                            "folder "
                                    + Printable.text(folder.toString())
                                    + ": not empty (expected: a new one for each evidence)");
                }
            }
        } catch (IOException e) {
            throw new UndecidedException(Bounded.unreadable("folder", folder, e), e);
        }
    }

    void save(Evidence evidence, Optional<AttestationKey> ak) throws IOException {
        Map<String, byte[]> parts = new TreeMap<>();
        parts.put(REQUEST, line(evidence.request().query()));
        parts.put(NONCE, evidence.request().nonce().getBytes(StandardCharsets.US_ASCII));
        parts.put(ANSWER, evidence.claims().bytes());
        parts.put(ATTEST, evidence.attest());
        parts.put(SIGNATURE, evidence.signature());
        parts.put(PCRS, evidence.pcrBlob());
        evidence.pubkey().ifPresent(pem -> parts.put(PUBKEY, pem));
        evidence.bootLog().ifPresent(log -> parts.put(BOOT_LOG, log));
        ak.ifPresent(key -> parts.put(AK_PEM, AttestationKeyReader.pem(key)));
        ak.flatMap(AttestationKey::area).ifPresent(area -> parts.put(AK_AREA, area.sized()));
        for (Map.Entry<String, byte[]> part : parts.entrySet()) {
            Files.write(folder.resolve(part.getKey()), part.getValue());
        }
        if (evidence.list().isPresent()) {
            Files.copy(evidence.list().get(), folder.resolve(LIST));
        }
        Manifest.of(folder).write(folder);
    }

    void saveReport(Report report) throws IOException {
        Files.write(
                folder.resolve(REPORT), ReportJson.render(report).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The parts, decoded as far as the checks take them.
     *
     * @throws RefutedException when a part is missing or not as it was written
     */
    Saved load(Manifest manifest) throws IOException, RefutedException {
        QuoteRequest request = request();
        Claims claims = Claims.parse(part(ANSWER));
        Optional<Path> list =
                manifest.lists(LIST) ? Optional.of(folder.resolve(LIST)) : Optional.empty();
        if (list.isPresent() != claims.listEntry().isPresent()) {
            throw new RefutedException("saved set: list and its first line do not go together");
        }
        Evidence evidence =
                new Evidence(
                        request,
                        claims,
                        part(ATTEST),
                        part(SIGNATURE),
                        part(PCRS),
                        optional(manifest, PUBKEY, MAX_PART),
                        list,
                        optional(manifest, BOOT_LOG, MAX_BOOT_LOG));
        return new Saved(evidence, ak(manifest));
    }

    private QuoteRequest request() throws IOException, RefutedException {
        byte[] bytes = part(REQUEST);
        QuoteRequest request =
                QuoteRequest.parse(new String(bytes, StandardCharsets.US_ASCII).stripTrailing());
        if (!java.util.Arrays.equals(line(request.query()), bytes)) {
            throw new RefutedException("request: not in its one spelling");
        }
        String nonce = new String(part(NONCE), StandardCharsets.ISO_8859_1);
        if (!nonce.equals(request.nonce())) {
            throw new RefutedException(
                    "nonce file", Printable.text(nonce), request.nonce() + " as in the request");
        }
        return request;
    }

    private Optional<AttestationKey> ak(Manifest manifest) throws IOException, RefutedException {
        if (!manifest.lists(AK_PEM)) {
            return Optional.empty();
        }
        AttestationKey bare = AttestationKeyReader.decodeCanonicalPem(part(AK_PEM));
        if (!manifest.lists(AK_AREA)) {
            return Optional.of(bare);
        }
        byte[] bytes = part(AK_AREA);
        TpmtPublic area = TpmtPublic.parse(bytes);
        AttestationKey ak = new AttestationKey(area.key(), Optional.of(area));
        if (!ak.same(bare) || !java.util.Arrays.equals(area.sized(), bytes)) {
            throw new RefutedException("saved set: " + AK_PEM + " and " + AK_AREA + " differ");
        }
        return Optional.of(ak);
    }

    private byte[] part(String name) throws IOException, RefutedException {
        return Bounded.file(folder.resolve(name), MAX_PART);
    }

    private Optional<byte[]> optional(Manifest manifest, String name, int max)
            throws IOException, RefutedException {
        return manifest.lists(name)
                ? Optional.of(Bounded.file(folder.resolve(name), max))
                : Optional.empty();
    }

    private static byte[] line(String text) {
        return (text + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
