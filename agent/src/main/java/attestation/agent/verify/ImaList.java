// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import attestation.ima.AsciiRenderer;
import attestation.ima.Entry;
import attestation.ima.HashAlgorithms;
import attestation.ima.ImaLogException;
import attestation.ima.ListFormat;
import attestation.ima.ListParser;
import attestation.ima.ReplayMode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalLong;

/** Replays the lines that an agent sent, looking for the prefix that a quoted PCR 10 speaks of. */
final class ImaList {
    /** The PCR that the kernel's IMA extends into. */
    static final int PCR = 10;

    private static final int PIECE = 64 * 1024;

    private ImaList() {}

    /**
     * What came out.
     *
     * @param lines of the file
     * @param entries of the file; one may span several lines
     * @param provenLines of the prefix that the quote speaks of; empty when none does
     * @param provenEntries of that prefix
     * @param violations entries that stand for a measurement that cannot be relied on
     * @param otherPcr entries of other PCRs, about which PCR 10 says nothing
     * @param mode what the kernel extended
     * @param end value after the last entry, in hex
     */
    record Outcome(
            long lines,
            long entries,
            OptionalLong provenLines,
            long provenEntries,
            long violations,
            long otherPcr,
            ReplayMode mode,
            String end) {}

    /**
     * Replays {@code file}, by the bank's own hash or, where that matches nowhere, by the padded
     * SHA-1 of kernels that lack it.
     *
     * @param start value of PCR 10 before the first line
     * @param quoted value to look for
     * @throws RefutedException when a line is not an entry that its own template hash proves
     */
    static Outcome replay(Path file, HashAlg bank, byte[] start, byte[] quoted)
            throws IOException, RefutedException {
        Outcome first = new Walk(bank, ReplayMode.HASH, start, quoted).over(file);
        if (first.provenLines().isPresent() || bank == HashAlg.SHA1) {
            return first;
        }
        for (ReplayMode mode :
                new ReplayMode[] {ReplayMode.PADDED_SHA1, ReplayMode.PADDED_SHA1_VIOLATIONS_TOO}) {
            Outcome padded = new Walk(bank, mode, start, quoted).over(file);
            if (padded.provenLines().isPresent()) {
                return padded;
            }
        }
        return first;
    }

    /** One pass. */
    private static final class Walk {
        private final AsciiRenderer renderer =
                new AsciiRenderer(attestation.ima.HashAlgorithms.standard());
        private final PcrFold fold;
        private final byte[] quoted;
        private long lines;
        private long entries;
        private long provenLines;
        private long provenEntries;
        private long violations;
        private long otherPcr;
        private boolean matched;
        private boolean atMatch;

        Walk(HashAlg bank, ReplayMode mode, byte[] start, byte[] quoted) {
            this.fold = new PcrFold(bank, mode, start);
            this.quoted = quoted;
            this.matched = Arrays.equals(start, quoted);
            this.atMatch = matched;
        }

        Outcome over(Path file) throws IOException, RefutedException {
            ListParser parser = new ListParser(HashAlgorithms.standard());
            try (InputStream in = Files.newInputStream(file)) {
                feed(parser, in);
            } catch (ImaLogException e) {
                throw new RefutedException("list: " + e.getMessage());
            }
            return new Outcome(
                    lines,
                    entries,
                    matched ? OptionalLong.of(provenLines) : OptionalLong.empty(),
                    provenEntries,
                    violations,
                    otherPcr,
                    fold.mode(),
                    HexFormat.of().formatHex(fold.value()));
        }

        private void feed(ListParser parser, InputStream in) throws IOException, RefutedException {
            byte[] piece = new byte[PIECE];
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                parser.feed(ByteBuffer.wrap(piece, 0, read), this::take);
                text(parser);
            }
            parser.finish(this::take);
            text(parser);
        }

        private static void text(ListParser parser) throws RefutedException {
            if (parser.format().isPresent()
                    && parser.format().get().encoding() != ListFormat.Encoding.ASCII) {
                throw new RefutedException("list: binary (expected: the text form)");
            }
        }

        private void take(Entry entry, ByteBuffer bytes) throws IOException {
            canonical(entry, bytes);
            lines += entry.physicalLines();
            entries++;
            violations += entry.violation() ? 1 : 0;
            if (entry.pcr() == PCR) {
                fold.extend(entry);
                boolean here = !matched && Arrays.equals(fold.value(), quoted);
                matched |= here;
                atMatch = here;
            } else {
                otherPcr++;
            }
            if (atMatch) {
                provenLines = lines;
                provenEntries = entries;
            }
        }

        /** One spelling for each entry: the kernel's. */
        private void canonical(Entry entry, ByteBuffer bytes) throws IOException {
            if (!ByteBuffer.wrap(renderer.render(entry)).equals(bytes)) {
                throw new ImaLogException.Malformed(
                        entry.index(),
                        entry.offset(),
                        "text",
                        "not as the kernel prints it (expected: lower-case hex, SHA-1 template"
                                + " hashes)");
            }
        }
    }
}
