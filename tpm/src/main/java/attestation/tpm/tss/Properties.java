// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a TPM says of itself once (TPM_PT, Part 2 §6.13).
 *
 * @param fixed raw values by TPM_PT
 */
public record Properties(Map<Integer, Integer> fixed) {
    static final int FIXED = 0x100;
    static final int VARIABLE = 0x200;
    private static final int MANUFACTURER = 0x105;
    private static final int VENDOR_STRING = 0x106;
    private static final int FIRMWARE_1 = 0x10b;
    private static final int FIRMWARE_2 = 0x10c;
    private static final int MAX_DIGEST = 0x120;
    private static final int NV_BUFFER_MAX = 0x12c;
    private static final int DEFAULT_NV_BUFFER = 512;
    private static final int LARGEST_DIGEST = 64;

    /** A raw value, 0 when the TPM does not have it. */
    public int value(int property) {
        return fixed.getOrDefault(property, 0);
    }

    /** Four letters, for example {@code IFX}. */
    public String manufacturer() {
        return text(value(MANUFACTURER));
    }

    /** Vendor string 1 to 4. */
    public String model() {
        StringBuilder model = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            model.append(text(value(VENDOR_STRING + i)));
        }
        return model.toString().strip();
    }

    /** Four numbers with dots. */
    public String firmware() {
        int high = value(FIRMWARE_1);
        int low = value(FIRMWARE_2);
        return (high >>> 16) + "." + (high & 0xffff) + "." + (low >>> 16) + "." + (low & 0xffff);
    }

    /**
     * Longest qualifying data: TPM2B_DATA holds a TPMT_HA of the largest hash. A TPM in failure
     * mode does not tell; that is no reason to refuse a nonce.
     */
    public int maxQualifyingData() {
        int digest = value(MAX_DIGEST);
        return 2 + (digest < 1 || digest > LARGEST_DIGEST ? LARGEST_DIGEST : digest);
    }

    int nvBufferMax() {
        int max = value(NV_BUFFER_MAX);
        return max < 1 || max > 4096 ? DEFAULT_NV_BUFFER : Math.min(max, 2048);
    }

    /** Printable ASCII of a value's four bytes. */
    static String text(int value) {
        String raw =
                new String(
                        ByteBuffer.allocate(4).putInt(value).array(), StandardCharsets.ISO_8859_1);
        return raw.replaceAll("[^ -~]", "");
    }
}
