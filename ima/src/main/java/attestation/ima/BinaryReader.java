// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import org.jspecify.annotations.Nullable;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Reads binary entries; each is checked against its template hash, a violation has none. */
final class BinaryReader implements EntryReader {
    private static final int SHA1_DIGEST = 20;
    private static final int MD5_DIGEST = 16;

    private final TemplateCache templates = new TemplateCache();
    private final TemplateHashCheck check;
    private final ByteOrder order;
    private final int hashBytes;
    private long index;
    private long offset;

    BinaryReader(HashAlgorithms algorithms, ListFormat format) {
        this.check = new TemplateHashCheck(algorithms, format.hashBytes());
        this.order = format.order();
        this.hashBytes = format.hashBytes();
    }

    @Override
    public @Nullable Entry next(byte[] buffer, int from, int to, End end, long index, long offset)
            throws ImaLogException {
        this.index = index;
        this.offset = offset;
        int nameAt = from + 4 + hashBytes + 4;
        if (to < nameAt) {
            return null;
        }
        int pcr = bounded(Bytes.u32(buffer, from, order), 0, Limits.MAX_PCR, "pcr");
        int nameLength =
                bounded(
                        Bytes.u32(buffer, nameAt - 4, order),
                        1,
                        Limits.MAX_TEMPLATE_NAME,
                        "template name length");
        int at = nameAt + nameLength;
        if (to < at + 4) {
            return null;
        }
        TemplateCache.Known template = templates.get(buffer, nameAt, at);
        Cut cut =
                template.name().equals("ima")
                        ? legacy(buffer, at, to)
                        : framed(buffer, at, to, template.template());
        if (cut == null) {
            return null;
        }
        byte[] hash = Arrays.copyOfRange(buffer, from + 4, from + 4 + hashBytes);
        if (!Bytes.isZero(hash, 0, hashBytes) && !check.matches(cut.data, hash)) {
            throw malformed(
                    "template hash", "does not match the entry's fields (changed or damaged)");
        }
        Entry.Place place = new Entry.Place(index, offset, cut.end - from, cut.lines);
        return new Entry(place, pcr, hash, template.name(), cut.data, order);
    }

    private record Cut(byte[] data, int end, int lines) {}

    private @Nullable Cut legacy(byte[] buffer, int at, int to) throws ImaLogException {
        if (to < at + SHA1_DIGEST + 4) {
            return null;
        }
        int digest = legacyDigest(buffer, at);
        int nameAt = at + digest + 4;
        int length =
                bounded(
                        Bytes.u32(buffer, nameAt - 4, order),
                        0,
                        Limits.MAX_LEGACY_NAME,
                        "n length");
        if (to < nameAt + length) {
            return null;
        }
        if (Bytes.indexOf(buffer, nameAt, nameAt + length, (byte) 0) >= 0) {
            throw malformed("n", "a NUL in it (expected: none; its length counts none)");
        }
        byte[] data = new byte[digest + Limits.MAX_LEGACY_NAME + 1];
        System.arraycopy(buffer, at, data, 0, digest);
        System.arraycopy(buffer, nameAt, data, digest, length);
        return new Cut(
                data, nameAt + length, 1 + Bytes.count(data, digest, data.length, (byte) '\n'));
    }

    /** Booted with {@code ima_hash=md5}, this template's digest is shorter, and nothing says so. */
    private int legacyDigest(byte[] buffer, int at) {
        return isNameLength(buffer, at + SHA1_DIGEST) || !isNameLength(buffer, at + MD5_DIGEST)
                ? SHA1_DIGEST
                : MD5_DIGEST;
    }

    private boolean isNameLength(byte[] buffer, int at) {
        int length = Bytes.u32(buffer, at, order);
        return length >= 0 && length <= Limits.MAX_LEGACY_NAME;
    }

    private @Nullable Cut framed(byte[] buffer, int at, int to, @Nullable Template template)
            throws ImaLogException {
        int length =
                bounded(
                        Bytes.u32(buffer, at, order),
                        0,
                        Limits.MAX_TEMPLATE_DATA,
                        "template data length");
        int dataAt = at + 4;
        if (to - dataAt < length) {
            return null;
        }
        byte[] data = Arrays.copyOfRange(buffer, dataAt, dataAt + length);
        return new Cut(
                data,
                dataAt + length,
                countLines(data, template == null ? List.of() : template.fields()));
    }

    private int countLines(byte[] data, List<FieldType> types) throws ImaLogException {
        int lines = 1;
        int fields = 0;
        int at = 0;
        while (at < data.length) {
            String field = fields < types.size() ? types.get(fields).id() : "field " + fields;
            if (fields == Limits.MAX_FIELDS || data.length - at < 4) {
                throw malformed(
                        field,
                        "outside of the template data (expected: at most "
                                + Limits.MAX_FIELDS
                                + " fields)");
            }
            int length =
                    bounded(Bytes.u32(data, at, order), 0, data.length - at - 4, field + " length");
            at += 4;
            if (fields < types.size() && types.get(fields).print() == FieldType.Print.STRING) {
                lines += Bytes.count(data, at, at + length, (byte) '\n');
            }
            at += length;
            fields++;
        }
        if (!types.isEmpty() && fields != types.size()) {
            throw malformed("fields", fields + " (expected: " + types.size() + ")");
        }
        return lines;
    }

    private int bounded(int value, int low, int high, String field) throws ImaLogException {
        if (value < low || value > high) {
            String shown = Integer.toUnsignedString(value);
            throw malformed(field, shown + " (expected: " + low + ".." + high + ")");
        }
        return value;
    }

    private ImaLogException malformed(String field, String reason) {
        return new ImaLogException.Malformed(index, offset, field, reason);
    }
}
