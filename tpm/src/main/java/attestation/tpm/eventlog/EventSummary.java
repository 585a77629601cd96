// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.eventlog;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Event data in one line for people; firmware chose the bytes, so everything is escaped. */
final class EventSummary {
    private static final int MAX_CHARS = 160;
    private static final int MAX_HEX_BYTES = 32;
    private static final int MAX_NAME_CHARS = 1024;

    private EventSummary() {}

    static String of(FirmwareEvent event) {
        byte[] data = event.data();
        try {
            long type = event.type();
            if (type == EventTypes.S_CRTM_VERSION) {
                return version(data);
            }
            if (isText(type)) {
                return text(data);
            }
            if (isVariable(type)) {
                return variable(event);
            }
            if (type == EventTypes.EFI_PLATFORM_FIRMWARE_BLOB) {
                return blob(event);
            }
            if (isImage(type)) {
                return image(event);
            }
            if (!event.extended()) {
                return noAction(event);
            }
            return hex(data);
        } catch (EventLogException e) {
            return hex(data); // shorter than its type demands: shown as it is
        }
    }

    private static boolean isText(long type) {
        return type == EventTypes.POST_CODE
                || type == EventTypes.ACTION
                || type == EventTypes.COMPACT_HASH
                || type == EventTypes.IPL
                || type == EventTypes.OMIT_BOOT_DEVICE_EVENTS
                || type == EventTypes.EFI_ACTION;
    }

    private static boolean isVariable(long type) {
        return type == EventTypes.EFI_VARIABLE_DRIVER_CONFIG
                || type == EventTypes.EFI_VARIABLE_BOOT
                || type == EventTypes.EFI_VARIABLE_BOOT2
                || type == EventTypes.EFI_VARIABLE_AUTHORITY;
    }

    private static boolean isImage(long type) {
        return type == EventTypes.EFI_BOOT_SERVICES_APPLICATION
                || type == EventTypes.EFI_BOOT_SERVICES_DRIVER
                || type == EventTypes.EFI_RUNTIME_SERVICES_DRIVER;
    }

    private static String version(byte[] data) {
        boolean wide = data.length >= 2 && data.length % 2 == 0 && data[1] == 0;
        return wide
                ? escaped(new String(data, StandardCharsets.UTF_16LE))
                : escaped(new String(data, StandardCharsets.UTF_8));
    }

    private static String text(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        boolean readable = text.indexOf('\ufffd') < 0;
        return readable ? escaped(text) : hex(data);
    }

    private static String variable(FirmwareEvent event) throws EventLogException {
        LogReader in = reader(event);
        String guid = guid(in);
        long nameChars = u64(in);
        long size = u64(in);
        if (nameChars < 0 || nameChars > MAX_NAME_CHARS) {
            throw in.malformed("variable name of " + nameChars + " characters");
        }
        String name = new String(in.bytes(2 * nameChars), StandardCharsets.UTF_16LE);
        return escaped(name) + " " + guid + " (" + Long.toUnsignedString(size) + " bytes)";
    }

    /** EFI_GUID: three little-endian fields, then eight bytes. */
    private static String guid(LogReader in) throws EventLogException {
        String first = String.format("%08x-%04x-%04x", in.u32(), in.u16(), in.u16());
        byte[] rest = in.bytes(8);
        String hex = HexFormat.of().formatHex(rest);
        return first + "-" + hex.substring(0, 4) + "-" + hex.substring(4);
    }

    private static String blob(FirmwareEvent event) throws EventLogException {
        LogReader in = reader(event);
        return String.format("base 0x%s, %s bytes", hex64(in), Long.toUnsignedString(u64(in)));
    }

    private static String image(FirmwareEvent event) throws EventLogException {
        LogReader in = reader(event);
        String place = hex64(in);
        long size = u64(in);
        u64(in);
        long path = u64(in);
        return String.format(
                "image at 0x%s, %s bytes, device path of %s bytes",
                place, Long.toUnsignedString(size), Long.toUnsignedString(path));
    }

    private static String noAction(FirmwareEvent event) {
        byte[] data = event.data();
        int end = 0;
        while (end < Math.min(data.length, 16) && data[end] != 0) {
            end++;
        }
        String signature = new String(data, 0, end, StandardCharsets.ISO_8859_1);
        return escaped(signature) + " (" + data.length + " bytes)";
    }

    private static LogReader reader(FirmwareEvent event) {
        return new LogReader(event.data(), 0, event.data().length, event.number());
    }

    private static long u64(LogReader in) throws EventLogException {
        return in.u32() | (in.u32() << 32);
    }

    private static String hex64(LogReader in) throws EventLogException {
        return Long.toHexString(u64(in));
    }

    private static String hex(byte[] data) {
        String shown =
                HexFormat.of().formatHex(Arrays.copyOf(data, Math.min(data.length, MAX_HEX_BYTES)));
        return data.length > MAX_HEX_BYTES ? shown + "… (" + data.length + " bytes)" : shown;
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        String trimmed = text.replaceAll("\0+$", "");
        for (int i = 0; i < trimmed.length() && out.length() < MAX_CHARS; i++) {
            char c = trimmed.charAt(i);
            if (c >= ' ' && c <= '~' && c != '\\') {
                out.append(c);
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        return out.length() >= MAX_CHARS ? out + "…" : out.toString();
    }
}
