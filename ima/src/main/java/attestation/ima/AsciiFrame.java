// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.util.Arrays;

/**
 * Finds where the text of one entry ends.
 *
 * <p>The kernel prints names raw, so one may hold newlines; but it has replaced every blank in them
 * by an underscore. So a line that continues a name has no blank before the name ends, while every
 * entry begins with a line that has: this tells entries apart without any hash.
 */
final class AsciiFrame {
    /** How far the search got. */
    enum State {
        /** The end of the bytes came first. */
        INCOMPLETE,
        /** An end was found, but a line that is not there yet may continue the name. */
        LIKELY,
        /** The entry ends at {@link #end}. */
        SURE
    }

    private final TemplateCache templates = new TemplateCache();
    private final int hashBytes;
    private int scanned;

    int pcr;
    byte[] hash = new byte[0];
    String templateName = "";
    Template template = Template.of("ima-ng").orElseThrow();
    int fieldsFrom;
    int end;
    int firstEnd;
    int lines;

    AsciiFrame(int hashBytes) {
        this.hashBytes = hashBytes;
    }

    /** Looks at {@code [from, to)}; on success {@link #end} is the place of the final newline. */
    State find(byte[] text, int from, int to) throws FieldText.BadField {
        int newline = Bytes.indexOf(text, from + scanned, to, (byte) '\n');
        if (newline < 0) {
            scanned = to - from;
            checkSize(scanned);
            return State.INCOMPLETE;
        }
        scanned = 0;
        head(text, from, newline);
        end = newline;
        lines = 1;
        State state = countFields(text, from, to);
        firstEnd = end;
        return state == State.SURE && template.endsInString() ? joinName(text, from, to) : state;
    }

    private State countFields(byte[] text, int from, int to) throws FieldText.BadField {
        int wanted = template.fields().size();
        int blanks = Bytes.count(text, fieldsFrom, end, (byte) ' ');
        while (blanks < wanted) {
            int next = Bytes.indexOf(text, end + 1, to, (byte) '\n');
            if (next < 0) {
                checkSize(to - from);
                return State.INCOMPLETE;
            }
            blanks += Bytes.count(text, end + 1, next, (byte) ' ');
            nextLine(next);
        }
        if (blanks > wanted) {
            throw new FieldText.BadField(
                    "fields",
                    blanks
                            + " in "
                            + lines
                            + " lines (expected: "
                            + wanted
                            + " for "
                            + shownTemplate()
                            + ")");
        }
        checkSize(end - from);
        return State.SURE;
    }

    private State joinName(byte[] text, int from, int to) throws FieldText.BadField {
        while (end + 1 < to) {
            int at = end + 1;
            while (at < to && text[at] != ' ' && text[at] != '\n') {
                at++;
            }
            if (at < to && text[at] == ' ') {
                return State.SURE;
            }
            if (at == to) {
                checkSize(to - from);
                return State.LIKELY;
            }
            nextLine(at);
            checkSize(end - from);
        }
        return State.LIKELY;
    }

    private void nextLine(int newline) throws FieldText.BadField {
        end = newline;
        if (++lines > Limits.MAX_ENTRY_LINES) {
            throw new FieldText.BadField("name", "more than " + Limits.MAX_ENTRY_LINES + " lines");
        }
    }

    private static void checkSize(int bytes) throws FieldText.BadField {
        if (bytes > Limits.MAX_ASCII_ENTRY) {
            throw new FieldText.BadField("line", "more than " + Limits.MAX_ASCII_ENTRY + " bytes");
        }
    }

    private void head(byte[] text, int from, int newline) throws FieldText.BadField {
        int at = text[from] == ' ' ? from + 1 : from;
        int blank = word(text, at, newline, "pcr");
        pcr = parsePcr(text, at, blank);
        at = blank + 1;
        blank = word(text, at, newline, "template hash");
        hash = parseHash(text, at, blank);
        at = blank + 1;
        blank = word(text, at, newline, "template name");
        if (blank - at > Limits.MAX_TEMPLATE_NAME) {
            throw new FieldText.BadField(
                    "template name",
                    (blank - at) + " bytes (expected: at most " + Limits.MAX_TEMPLATE_NAME + ")");
        }
        TemplateCache.Known known = templates.get(text, at, blank);
        templateName = known.name();
        Template found = known.template();
        if (found == null) {
            throw new FieldText.BadField(
                    "template name",
                    shownTemplate() + " (expected: one the kernel has, or its fields)");
        }
        template = found;
        fieldsFrom = blank;
    }

    private static int word(byte[] text, int at, int newline, String field)
            throws FieldText.BadField {
        int blank = Bytes.indexOf(text, at, newline, (byte) ' ');
        if (blank < 0) {
            throw new FieldText.BadField(
                    field, shown(text, at, newline) + " (expected: a blank behind it)");
        }
        return blank;
    }

    private static int parsePcr(byte[] text, int from, int to) throws FieldText.BadField {
        int value = -1;
        if (to - from == 1 || to - from == 2) {
            value = 0;
            for (int i = from; i < to && value >= 0; i++) {
                value = text[i] >= '0' && text[i] <= '9' ? value * 10 + text[i] - '0' : -1;
            }
        }
        if (value < 0 || value > Limits.MAX_PCR) {
            throw new FieldText.BadField(
                    "pcr", shown(text, from, to) + " (expected: 0.." + Limits.MAX_PCR + ")");
        }
        return value;
    }

    private byte[] parseHash(byte[] text, int from, int to) throws FieldText.BadField {
        byte[] decoded = new byte[hashBytes];
        if (to - from != 2 * hashBytes || !Bytes.decodeHex(text, from, to, decoded, 0)) {
            throw new FieldText.BadField(
                    "template hash",
                    shown(text, from, to) + " (expected: " + 2 * hashBytes + " hex digits)");
        }
        return decoded;
    }

    private String shownTemplate() {
        return Display.escape(templateName);
    }

    private static String shown(byte[] text, int from, int to) {
        return Display.escape(Arrays.copyOfRange(text, from, Math.min(to, from + 80)));
    }
}
