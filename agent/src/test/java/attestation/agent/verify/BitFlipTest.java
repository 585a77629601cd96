// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Every single bit of a saved set, one after the other. */
final class BitFlipTest {
    private static final Set<String> PARTS =
            Set.of(
                    "ak.pem",
                    "ak.tpm2b",
                    "answer",
                    "boot.log",
                    "ima.list",
                    "manifest.sha256",
                    "nonce",
                    "pubkey.pem",
                    "quote.attest",
                    "quote.pcrs",
                    "quote.sig",
                    "request");

    @TempDir Path folder;

    @Test
    void anyBit_flipped_isRefuted() throws Exception {
        Path set = RecordedQuote.savedSet(folder);
        Optional<Path> ak = Optional.of(folder.resolve("ak.tpm2b"));
        assertEquals(Verdict.VERIFIED, verdict(set, ak));
        assertEquals(PARTS, parts(set));
        assertEquals(List.of(), survivors(PARTS, copy -> ak, false));
    }

    @Test
    void anyBit_flippedWithoutTrustedAk_isRefuted() throws Exception {
        Path set = RecordedQuote.savedSet(folder);
        assertEquals(Verdict.UNDECIDED, verdict(set, Optional.empty()));
        Set<String> names = Set.of("ak.pem", "ak.tpm2b");
        assertEquals(List.of(), survivors(names, copy -> Optional.empty(), false));
    }

    @Test
    void anyBit_flippedInTheAkThatIsGiven_isRefuted() throws Exception {
        for (String name : List.of("ak.pem", "ak.tpm2b")) {
            assertEquals(
                    List.of(),
                    survivors(Set.of(name), copy -> Optional.of(copy.resolve(name)), false));
        }
    }

    /** Without the manifest's help: what is left open are claims that no quote covers. */
    @Test
    void anyBit_flippedAndTheManifestRewritten_isRefutedWhereTheQuoteReaches() throws Exception {
        Path set = RecordedQuote.savedSet(folder);
        Optional<Path> ak = Optional.of(folder.resolve("ak.tpm2b"));
        Set<String> names = new TreeSet<>(PARTS);
        names.remove(Manifest.NAME);
        List<String> survivors = new ArrayList<>(survivors(names, copy -> ak, true));
        String request = Files.readString(set.resolve("request"));
        String answer = Files.readString(set.resolve("answer"));
        String list = Files.readString(set.resolve("ima.list"));
        survivors.removeIf(
                at ->
                        at.startsWith("boot.log@")
                                || in(at, "request", request, "&partial=", "\n")
                                || in(at, "answer", answer, "boottime=", "\n")
                                || verdictIsLeftOpen(at, list));
        assertEquals(List.of(), survivors);
    }

    /** Another PCR number in the line that the quote does not reach yet: undecided, never good. */
    private static boolean verdictIsLeftOpen(String at, String list) {
        int number = list.lastIndexOf("\n10 ") + 1;
        return at.equals("ima.list@" + number) || at.equals("ima.list@" + (number + 1));
    }

    private static boolean in(String at, String file, String text, String from, String to) {
        int start = text.indexOf(from) + from.length();
        int end = text.indexOf(to, start);
        if (!at.startsWith(file + "@")) {
            return false;
        }
        int offset = Integer.parseInt(at.substring(at.indexOf('@') + 1));
        return offset >= start && offset < end;
    }

    private static Set<String> parts(Path set) throws IOException {
        Set<String> names = new TreeSet<>();
        try (var files = Files.list(set)) {
            files.map(file -> file.getFileName().toString()).forEach(names::add);
        }
        assertTrue(names.remove(EvidenceFolder.REPORT));
        return names;
    }

    /** Places of bits whose flip is not refuted; each part on a copy of its own, side by side. */
    private List<String> survivors(
            Set<String> names, Function<Path, Optional<Path>> ak, boolean rewrite) {
        return names.parallelStream()
                .flatMap(name -> survivors(name, ak, rewrite).stream())
                .toList();
    }

    private List<String> survivors(
            String name, Function<Path, Optional<Path>> ak, boolean rewrite) {
        try {
            Path set = RecordedQuote.savedSet(Files.createTempDirectory(folder, "copy"));
            return flipAll(set, name, ak.apply(set), rewrite);
        } catch (Exception e) {
            throw new AssertionError(name, e);
        }
    }

    private List<String> flipAll(Path set, String name, Optional<Path> ak, boolean rewrite)
            throws IOException {
        List<String> survivors = new ArrayList<>();
        Path file = set.resolve(name);
        byte[] good = Files.readAllBytes(file);
        assertTrue(good.length > 0, name);
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bad);
            if (rewrite) {
                Manifest.of(set).write(set);
            }
            Verdict verdict = verdict(set, ak);
            if (name.equals("ima.list")) {
                assertNotEquals(Verdict.VERIFIED, verdict, "bit " + bit);
            }
            if (verdict != Verdict.REFUTED) {
                survivors.add(name + "@" + bit / 8);
            }
        }
        return survivors;
    }

    private Verdict verdict(Path set, Optional<Path> ak) {
        return new Verifier(new SecureRandom())
                .saved(List.of(set), ak, Optional.empty(), Policy.standard())
                .verdict();
    }

    @Test
    void savedManifest_isWhatSha256sumReads() throws Exception {
        Path set = RecordedQuote.savedSet(folder);
        Process sha256sum =
                new ProcessBuilder("sha256sum", "--strict", "-c", Manifest.NAME)
                        .directory(set.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output =
                new String(sha256sum.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, sha256sum.waitFor(), output);
    }
}
