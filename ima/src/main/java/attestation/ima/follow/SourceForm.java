// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.AsciiRenderer;
import attestation.ima.Entry;
import attestation.ima.HashAlgorithms;
import attestation.ima.ImaLogException;
import attestation.ima.Limits;
import attestation.ima.ListFormat;

import java.nio.ByteBuffer;

/** Turns the kernel's form of an entry into the spool's: text with the SHA-1 template hash. */
final class SourceForm {
    private static final int SHA1_BYTES = 20;

    private final ListFormat source;
    private final AsciiRenderer renderer;

    SourceForm(ListFormat source, HashAlgorithms algorithms) {
        this.source = source;
        this.renderer = new AsciiRenderer(algorithms);
    }

    ListFormat format() {
        return source;
    }

    /** Whether the spool holds the kernel's own bytes. */
    boolean isIdentity() {
        return source.encoding() == ListFormat.Encoding.ASCII && source.hashBytes() == SHA1_BYTES;
    }

    /**
     * The entry as the kernel's SHA-1 text list has it.
     *
     * @throws ImaLogException.Malformed when text cannot carry it, which no kernel's entry does
     */
    ByteBuffer text(Entry entry, ByteBuffer raw) throws ImaLogException {
        return isIdentity() ? raw : ByteBuffer.wrap(renderer.renderProven(entry));
    }

    /** How many bytes this entry, read from the spool, has in the kernel's list. */
    int sourceLength(Entry entry) {
        if (source.encoding() == ListFormat.Encoding.ASCII) {
            return entry.length() + 2 * (source.hashBytes() - SHA1_BYTES);
        }
        int head = 4 + source.hashBytes() + 4 + entry.templateName().length();
        int data = entry.templateData().length;
        boolean legacy = entry.templateName().equals("ima");
        int padded = Limits.MAX_LEGACY_NAME + 1;
        return head + 4 + (legacy ? data - padded + entry.name().length : data);
    }
}
