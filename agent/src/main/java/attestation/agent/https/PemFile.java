// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The blocks of one PEM file (RFC 7468); text between blocks is skipped, as OpenSSL does. */
record PemFile(Path path, String text, List<Block> blocks) {
    private static final int MAX_BYTES = 1 << 20;
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    /** One block; {@code der} is empty when headers (RFC 1421) stand before the base64. */
    record Block(String label, byte[] der) {}

    static PemFile read(Path path) throws TlsMaterialException {
        String text = new String(bytes(path), StandardCharsets.ISO_8859_1);
        return new PemFile(path, text, blocks(path, text));
    }

    private static byte[] bytes(Path path) throws TlsMaterialException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw bad(path, "longer than " + MAX_BYTES + " bytes (expected: a PEM file)", null);
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw bad(path, "no such file; correct the path or create the file", e);
        } catch (AccessDeniedException e) {
            throw bad(path, "permission denied; let the agent's user read it", e);
        } catch (IOException e) {
            throw bad(path, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<Block> blocks(Path path, String text) throws TlsMaterialException {
        List<Block> blocks = new ArrayList<>();
        int from = 0;
        while ((from = text.indexOf(BEGIN, from)) >= 0) {
            int labelEnd = text.indexOf(DASHES, from + BEGIN.length());
            String label = labelEnd < 0 ? "" : text.substring(from + BEGIN.length(), labelEnd);
            int end = labelEnd < 0 ? -1 : text.indexOf(END + label + DASHES, labelEnd);
            if (end < 0 || label.length() > 64 || label.indexOf('\n') >= 0) {
                throw bad(path, "PEM block without its end; copy the whole file again", null);
            }
            blocks.add(block(path, label, text.substring(labelEnd + DASHES.length(), end)));
            from = end + END.length();
        }
        return blocks;
    }

    private static Block block(Path path, String label, String body) throws TlsMaterialException {
        if (body.indexOf(':') >= 0) {
            return new Block(label, new byte[0]);
        }
        try {
            byte[] base64 = body.replaceAll("\\s", "").getBytes(StandardCharsets.ISO_8859_1);
            return new Block(label, Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            throw bad(path, "PEM block " + Untrusted.show(label, 64) + " is not base64", e);
        }
    }

    static TlsMaterialException bad(
            Path path, String what, @org.jspecify.annotations.Nullable Throwable cause) {
        return new TlsMaterialException(path + ": " + what, cause);
    }
}
