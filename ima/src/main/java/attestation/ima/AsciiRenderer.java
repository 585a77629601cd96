// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Prints an entry as the kernel prints it in {@code ascii_runtime_measurements}: with the SHA-1
 * template hash, whatever list it came from.
 *
 * <p>Confined to one thread at a time.
 */
public final class AsciiRenderer {
    private static final HexFormat HEX = HexFormat.of();
    private static final int SHA1_BYTES = 20;

    private final HashAlgorithms algorithms;
    private final MessageDigest sha1;
    private @Nullable AsciiReader reader;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

    public AsciiRenderer(HashAlgorithms algorithms) {
        this.algorithms = algorithms;
        this.sha1 = algorithms.digest("sha1");
    }

    /** The line, or lines, with the final newline. */
    public byte[] render(Entry entry) {
        out.reset();
        text((entry.pcr() < 10 ? " " : "") + entry.pcr() + " ");
        text(HEX.formatHex(sha1TemplateHash(entry)));
        text(" " + entry.templateName());
        List<FieldType> types =
                Template.of(entry.templateName()).map(Template::fields).orElse(List.of());
        List<Field> fields = entry.fields();
        for (int i = 0; i < fields.size(); i++) {
            out.write(' ');
            FieldType.Print print = i < types.size() ? types.get(i).print() : FieldType.Print.HEX;
            field(print, fields.get(i).bytes(), entry.order());
        }
        out.write('\n');
        return out.toByteArray();
    }

    /**
     * The same, and proven: read back it is this entry.
     *
     * @throws ImaLogException.Malformed when text cannot carry it, as no kernel would have written
     *     it
     */
    public byte[] renderProven(Entry entry) throws ImaLogException {
        byte[] line = render(entry);
        AsciiReader reader = reader(entry.order());
        Entry back =
                reader.next(
                        line, 0, line.length, EntryReader.End.FINAL, entry.index(), entry.offset());
        if (back == null
                || back.length() != line.length
                || !Arrays.equals(back.rawData(), entry.rawData())) {
            throw new ImaLogException.Malformed(
                    entry.index(),
                    entry.offset(),
                    "template data",
                    "cannot be written as text without loss");
        }
        return line;
    }

    private AsciiReader reader(ByteOrder order) {
        AsciiReader known = reader;
        if (known == null || known.order() != order) {
            known = new AsciiReader(algorithms, ListFormat.asciiSha1(order), false);
            reader = known;
        }
        return known;
    }

    private byte[] sha1TemplateHash(Entry entry) {
        byte[] logged = entry.rawHash();
        if (logged.length == SHA1_BYTES) {
            return logged;
        }
        if (entry.violation()) {
            return new byte[SHA1_BYTES];
        }
        entry.updateData(sha1);
        return sha1.digest();
    }

    private void field(FieldType.Print print, byte[] bytes, ByteOrder order) {
        switch (print) {
            case HEX -> text(HEX.formatHex(bytes));
            case DIGEST -> digest(bytes);
            case STRING -> out.write(bytes, 0, untilNul(bytes));
            case U32, U16 -> number(bytes, order);
        }
    }

    private void digest(byte[] bytes) {
        int nul = untilNul(bytes);
        if (nul == bytes.length) {
            text(HEX.formatHex(bytes));
            return;
        }
        if (nul > 1) {
            out.write(bytes, 0, nul);
        }
        text(HEX.formatHex(bytes, nul + 1, bytes.length));
    }

    private void number(byte[] bytes, ByteOrder order) {
        if (bytes.length == 0) {
            return;
        }
        long value = 0;
        for (int i = 0; i < bytes.length; i++) {
            int at = order == ByteOrder.BIG_ENDIAN ? i : bytes.length - 1 - i;
            value = (value << 8) | (bytes[at] & 0xff);
        }
        text(Long.toUnsignedString(value));
    }

    private static int untilNul(byte[] bytes) {
        int nul = Bytes.indexOf(bytes, 0, bytes.length, (byte) 0);
        return nul < 0 ? bytes.length : nul;
    }

    private void text(String ascii) {
        out.writeBytes(ascii.getBytes(StandardCharsets.ISO_8859_1));
    }
}
