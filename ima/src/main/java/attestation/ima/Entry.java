// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One entry of the measurement list; immutable.
 *
 * <p>Names, algorithm names, buffers and signatures in it were chosen by whoever wrote the file:
 * show them through {@link Display#escape(byte[])}.
 */
public final class Entry {
    private static final byte[] BOOT_AGGREGATE =
            "boot_aggregate".getBytes(StandardCharsets.US_ASCII);

    private static final Set<String> SIGNATURES = Set.of("sig", "modsig", "evmsig");

    private final long index;
    private final long offset;
    private final int length;
    private final int physicalLines;
    private final int pcr;
    private final byte[] templateHash;
    private final String templateName;
    private final byte[] templateData;
    private final ByteOrder order;
    private final boolean violation;

    Entry(
            Place place,
            int pcr,
            byte[] templateHash,
            String templateName,
            byte[] templateData,
            ByteOrder order) {
        this.index = place.index();
        this.offset = place.offset();
        this.length = place.length();
        this.physicalLines = place.lines();
        this.pcr = pcr;
        this.templateHash = templateHash;
        this.templateName = templateName;
        this.templateData = templateData;
        this.order = order;
        this.violation = Bytes.isZero(templateHash, 0, templateHash.length);
    }

    /** Where an entry stands in its list; {@code lines} is what it has or would have as text. */
    record Place(long index, long offset, int length, int lines) {}

    /** Number in the list, counted from 0. */
    public long index() {
        return index;
    }

    /** Where it begins, in bytes from the start of what was parsed. */
    public long offset() {
        return offset;
    }

    /** Its length in the list, in bytes. */
    public int length() {
        return length;
    }

    /** Lines it has as text: 1, and one more for each newline in its names. */
    public int physicalLines() {
        return physicalLines;
    }

    /** The PCR it was extended into. */
    public int pcr() {
        return pcr;
    }

    /** The template hash as logged: SHA-1's size, or that of the bank whose list this is. */
    public byte[] templateHash() {
        return templateHash.clone();
    }

    /** Name of the template; of a custom one its format string. */
    public String templateName() {
        return templateName;
    }

    /** Exactly the bytes the kernel hashed; of template {@code ima} the name is padded to 256. */
    public byte[] templateData() {
        return templateData.clone();
    }

    /** Byte order of numbers and lengths in the template data. */
    public ByteOrder order() {
        return order;
    }

    /**
     * Whether the kernel logged that the measurement cannot be relied on: template hash all zero.
     */
    public boolean violation() {
        return violation;
    }

    /** Puts the template data into {@code digest}. */
    void updateData(MessageDigest digest) {
        digest.update(templateData);
    }

    byte[] rawHash() {
        return templateHash;
    }

    byte[] rawData() {
        return templateData;
    }

    boolean isLegacy() {
        return templateName.equals("ima");
    }

    /** Its fields in order. Cut from the template data at each call. */
    public List<Field> fields() {
        List<FieldType> types = Template.of(templateName).map(Template::fields).orElse(List.of());
        return isLegacy() ? legacyFields() : framedFields(types);
    }

    /** Digest of the file or buffer: the first digest field. */
    public Optional<FileDigest> digest() {
        return fields().stream().map(FileDigest::of).flatMap(Optional::stream).findFirst();
    }

    /** Path or event name as the kernel stored it, without its NUL; empty when there is none. */
    public byte[] name() {
        return field("n-ng").or(() -> field("n")).map(Entry::untilNul).orElseGet(() -> new byte[0]);
    }

    /**
     * Whether it is named {@code boot_aggregate}, as the first entry of a boot is. A file can be
     * named so as well: only its position makes it the real one.
     */
    public boolean isBootAggregate() {
        return Arrays.equals(name(), BOOT_AGGREGATE);
    }

    /** The logged signature of the file ({@code sig}); empty when it has none. */
    public Optional<byte[]> signature() {
        return field("sig").filter(bytes -> bytes.length > 0);
    }

    /**
     * Whether it carries a signature of the file: its own ({@code sig}), an appended one ({@code
     * modsig}), or EVM's portable one ({@code evmsig}).
     */
    public boolean signed() {
        return fields().stream()
                .anyMatch(field -> SIGNATURES.contains(field.id()) && field.bytes().length > 0);
    }

    /** Stored bytes of the first field of this id. */
    public Optional<byte[]> field(String id) {
        return fields().stream().filter(f -> f.id().equals(id)).map(Field::bytes).findFirst();
    }

    private List<Field> legacyFields() {
        int digest = templateData.length - Limits.MAX_LEGACY_NAME - 1;
        byte[] name = untilNul(Arrays.copyOfRange(templateData, digest, templateData.length));
        return List.of(
                new Field("d", Arrays.copyOf(templateData, digest)),
                new Field("n", Arrays.copyOf(name, name.length + 1)));
    }

    private List<Field> framedFields(List<FieldType> types) {
        List<Field> fields = new ArrayList<>();
        int at = 0;
        while (at < templateData.length) {
            int size = Bytes.u32(templateData, at, order);
            int number = fields.size();
            String id = number < types.size() ? types.get(number).id() : "#" + number;
            fields.add(new Field(id, Arrays.copyOfRange(templateData, at + 4, at + 4 + size)));
            at += 4 + size;
        }
        return List.copyOf(fields);
    }

    private static byte[] untilNul(byte[] bytes) {
        int nul = Bytes.indexOf(bytes, 0, bytes.length, (byte) 0);
        return nul < 0 ? bytes : Arrays.copyOf(bytes, nul);
    }

    /** Number, PCR, template and escaped name, for people. */
    @Override
    public String toString() {
        return "entry "
                + index
                + " pcr "
                + pcr
                + " "
                + Display.escape(templateName)
                + " "
                + Display.escape(name());
    }
}
