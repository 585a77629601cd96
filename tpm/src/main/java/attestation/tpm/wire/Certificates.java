// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** Cuts certificates out of NV areas, which are often larger than what they hold. */
public final class Certificates {
    private Certificates() {}

    /**
     * The outer DER SEQUENCE alone; everything, unchanged, when the bytes do not begin with one.
     */
    public static byte[] cut(byte[] area) {
        OptionalInt length = Der.sequenceLength(area, 0);
        return length.isPresent() ? Arrays.copyOf(area, length.getAsInt()) : area;
    }

    /** The DER SEQUENCEs that follow each other from the start; ends where no other begins. */
    public static List<byte[]> split(byte[] area) {
        List<byte[]> found = new ArrayList<>();
        int at = 0;
        OptionalInt length = Der.sequenceLength(area, at);
        while (length.isPresent()) {
            found.add(Arrays.copyOfRange(area, at, at + length.getAsInt()));
            at += length.getAsInt();
            length = Der.sequenceLength(area, at);
        }
        return found;
    }
}
