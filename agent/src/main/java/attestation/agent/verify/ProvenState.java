// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.Optional;

/**
 * How far a host's list was proven, from which the next verification goes on.
 *
 * @param ak fingerprint of the AK that signed
 * @param bank quoted bank
 * @param pcr10 quoted value of PCR 10
 * @param nextLine first line that was not proven
 * @param linesSeen lines the list had, proven or not
 * @param clock TPM clock of the quote, in ms
 * @param resetCount of the quote
 * @param restartCount of the quote
 * @param quote SHA-256 of the quote's TPMS_ATTEST, in hex
 */
record ProvenState(
        String ak,
        HashAlg bank,
        byte[] pcr10,
        long nextLine,
        long linesSeen,
        long clock,
        long resetCount,
        long restartCount,
        String quote) {
    private static final int MAX_BYTES = 4096;
    private static final String FORMAT = "attestation-agent verify state 1";

    /**
     * What {@code file} holds; empty when there is no such file yet.
     *
     * @throws UndecidedException when it holds something else
     */
    static Optional<ProvenState> read(Path file) throws UndecidedException {
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(Bounded.file(file, MAX_BYTES)));
        } catch (RefutedException e) {
            throw new UndecidedException(
                    Printable.text(file.toString())
                            + ": "
                            + e.getMessage()
                            + "; remove the file to begin again at entry 0");
        } catch (IOException e) {
            throw new UndecidedException(Bounded.unreadable("state", file, e), e);
        }
    }

    void write(Path file) throws UndecidedException {
        try {
            Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
            Path temporary = Files.createTempFile(folder, ".state", ".tmp");
            Files.write(temporary, bytes());
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UndecidedException(Bounded.unreadable("state, writing", file, e), e);
        }
    }

    static ProvenState parse(byte[] bytes) throws RefutedException {
        KeyValues values = KeyValues.parse("state", bytes);
        if (!values.text("format").equals(FORMAT)) {
            throw new RefutedException(
                    "state, format", Printable.text(values.text("format")), FORMAT);
        }
        HashAlg bank =
                HashAlg.ofName(values.text("bank"))
                        .orElseThrow(() -> new RefutedException("state: unknown bank"));
        return new ProvenState(
                values.text("ak"),
                bank,
                Numbers.hex("state, pcr10", values.text("pcr10"), bank.size()),
                values.number("next_line"),
                values.number("lines_seen"),
                values.number("clock"),
                values.number("reset_count"),
                values.number("restart_count"),
                values.text("quote"));
    }

    byte[] bytes() {
        KeyValues values = new KeyValues("state");
        values.put("format", FORMAT);
        values.put("ak", ak);
        values.put("bank", bank.text());
        values.put("pcr10", HexFormat.of().formatHex(pcr10));
        values.put("next_line", nextLine);
        values.put("lines_seen", linesSeen);
        values.put("clock", clock);
        values.put("reset_count", resetCount);
        values.put("restart_count", restartCount);
        values.put("quote", quote);
        return values.bytes();
    }
}
