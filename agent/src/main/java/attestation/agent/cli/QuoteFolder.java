// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.tpm.HashAlgorithm;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A quote as files that tpm2-tools read. */
record QuoteFolder(Path folder) {
    static final String AK = "ak.pem";
    static final String ATTEST = "quote.attest";
    static final String SIGNATURE = "quote.sig";
    static final String PCRS = "pcrs.bin";
    static final String NONCE = "nonce.bin";

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./+-]+");

    /** Made before the TPM is asked; nothing that is there already is written over. */
    static QuoteFolder make(Path folder) throws CliException {
        try {
            Files.createDirectories(folder);
            try (Stream<Path> inside = Files.list(folder)) {
                if (inside.findAny().isPresent()) {
                    throw new CliException(
                            ExitCodes.USAGE,
                            "--out: "
                                    + ListSource.shown(folder)
                                    + ": not empty (expected: a new or empty directory)");
                }
            }
            return new QuoteFolder(folder.toAbsolutePath().normalize());
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    void write(Map<String, byte[]> files) throws CliException {
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Files.write(
                        folder.resolve(file.getKey()),
                        file.getValue(),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE);
            }
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    /** The command that accepts these files. */
    String check(HashAlgorithm hash, String nonce) {
        return "tpm2_checkquote -u "
                + shell(AK)
                + " -m "
                + shell(ATTEST)
                + " -s "
                + shell(SIGNATURE)
                + " -f "
                + shell(PCRS)
                + " -q "
                + nonce
                + " -g "
                + hash.keylimeName();
    }

    private String shell(String name) {
        String path = folder.resolve(name).toString();
        return PLAIN.matcher(path).matches()
                ? path
                : "'" + Terminal.escape(path).replace("'", "'\\''") + "'";
    }

    private static CliException failed(Path folder, IOException e) {
        return new CliException(
                TpmAccess.FAILED,
                "--out: cannot write " + ListSource.shown(folder) + ": " + reason(e));
    }

    private static String reason(IOException e) {
        return switch (e) {
            case FileAlreadyExistsException _ ->
                    "a file is in the way (expected: a new or empty directory)";
            case AccessDeniedException _ ->
                    "permission denied (expected: a place that you may write to)";
            case NoSuchFileException _ ->
                    "no directory can be made there (expected: a place that you may write to)";
            case FileSystemException f when f.getReason() != null -> Terminal.escape(f.getReason());
            default -> Terminal.escape(e.toString());
        };
    }
}
