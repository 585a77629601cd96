// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Entries of an invented list, each different, made without any code of ours.
 *
 * <p>Entry 0 is boot_aggregate. Among the others are names with newlines and bytes beyond ASCII,
 * signatures and violations, unless it is plain. Of a repeating one only some are different.
 */
public final class SyntheticList {
    private static final HexFormat HEX = HexFormat.of();

    private final String boot;
    private final boolean plain;
    private final int kinds;
    private final MessageDigest sha1;
    private final MessageDigest sha256;

    public SyntheticList(String boot, boolean plain) {
        this(boot, plain, 0);
    }

    private SyntheticList(String boot, boolean plain, int kinds) {
        this.boot = boot;
        this.plain = plain;
        this.kinds = kinds;
        try {
            this.sha1 = MessageDigest.getInstance("SHA-1");
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Entries of so many kinds, in no order: as of a kernel that logs a file each time it is read.
     */
    public static SyntheticList repeating(String boot, int kinds) {
        return new SyntheticList(boot, false, kinds);
    }

    /** The entry as the kernel prints it. */
    public byte[] ascii(long i) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(200);
        out.writeBytes(
                ("10 " + HEX.formatHex(hash(i)) + " " + template(i) + " sha256:")
                        .getBytes(StandardCharsets.US_ASCII));
        out.writeBytes((HEX.formatHex(digest(i)) + " ").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(name(i));
        if (signed(i)) {
            out.writeBytes((" " + HEX.formatHex(signature(i))).getBytes(StandardCharsets.US_ASCII));
        }
        out.write('\n');
        return out.toByteArray();
    }

    /** The entry in binary form, little endian. */
    public byte[] binary(long i) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(200);
        u32(out, 10);
        out.writeBytes(hash(i));
        u32(out, template(i).length());
        out.writeBytes(template(i).getBytes(StandardCharsets.US_ASCII));
        byte[] data = data(i);
        u32(out, data.length);
        out.writeBytes(data);
        return out.toByteArray();
    }

    public byte[] ascii(long from, long to) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (long i = from; i < to; i++) {
            out.writeBytes(ascii(i));
        }
        return out.toByteArray();
    }

    public byte[] binary(long from, long to) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (long i = from; i < to; i++) {
            out.writeBytes(binary(i));
        }
        return out.toByteArray();
    }

    /** PCR 10 of the sha256 bank after the first {@code entries}. */
    public byte[] pcr10(long entries) {
        return pcr10(entries, -1);
    }

    /** The same of a TPM that lost the extend of one of them. */
    public byte[] pcr10(long entries, long lost) {
        byte[] pcr = new byte[32];
        for (long i = 0; i < entries; i++) {
            if (i == lost) {
                continue;
            }
            byte[] extension = new byte[32];
            if (violation(i)) {
                java.util.Arrays.fill(extension, (byte) 0xff);
            } else {
                extension = sha256.digest(data(i));
            }
            sha256.update(pcr);
            pcr = sha256.digest(extension);
        }
        return pcr;
    }

    /** Newlines in the name and one at the end. */
    public int lines(long i) {
        int lines = 1;
        for (byte b : name(i)) {
            lines += b == '\n' ? 1 : 0;
        }
        return lines;
    }

    public boolean violation(long i) {
        return !plain && kind(i) % 23 == 22;
    }

    private long kind(long i) {
        long mixed = i * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return kinds == 0 || i == 0 ? i : 1 + (mixed >>> 33) % kinds;
    }

    private boolean signed(long i) {
        return !plain && kind(i) % 3 == 0;
    }

    private String template(long i) {
        return signed(i) ? "ima-sig" : "ima-ng";
    }

    private byte[] name(long number) {
        long i = kind(number);
        if (i == 0) {
            return "boot_aggregate".getBytes(StandardCharsets.US_ASCII);
        }
        String odd =
                plain
                        ? ""
                        : i % 17 == 5 ? "\nx\n10_00_ima-ng" : i % 29 == 7 ? "\u00e4\"\\\u0001" : "";
        return ("/usr/lib/" + boot + "/file-" + i + odd).getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] digest(long i) {
        return violation(i)
                ? new byte[32]
                : sha256.digest((boot + kind(i)).getBytes(StandardCharsets.US_ASCII));
    }

    private byte[] signature(long i) {
        return kind(i) % 6 == 0
                ? new byte[0]
                : sha256.digest(("sig" + boot + kind(i)).getBytes(StandardCharsets.US_ASCII));
    }

    private byte[] hash(long i) {
        return violation(i) ? new byte[20] : sha1.digest(data(i));
    }

    private byte[] data(long i) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(200);
        u32(out, 40);
        out.writeBytes("sha256:\0".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(digest(i));
        byte[] name = name(i);
        u32(out, name.length + 1);
        out.writeBytes(name);
        out.write(0);
        if (signed(i)) {
            byte[] signature = signature(i);
            u32(out, signature.length);
            out.writeBytes(signature);
        }
        return out.toByteArray();
    }

    private static void u32(ByteArrayOutputStream out, int value) {
        out.write(value);
        out.write(value >> 8);
        out.write(value >> 16);
        out.write(value >> 24);
    }
}
