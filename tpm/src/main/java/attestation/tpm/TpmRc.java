// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

/**
 * A TPM_RC taken apart (Part 2 §6.6).
 *
 * @param raw all 32 bits as they came
 * @param name TCG name, for example {@code TPM_RC_INTEGRITY}
 * @param subject what the index counts
 * @param index 1-based number of the handle, parameter or session; 0 when the code names none
 */
public record TpmRc(int raw, String name, Subject subject, int index) {
    /** What a format-one code speaks of. */
    public enum Subject {
        NONE,
        HANDLE,
        PARAMETER,
        SESSION
    }

    public static final int INITIALIZE = 0x100;
    public static final int FAILURE = 0x101;
    public static final int COMMAND_CODE = 0x143;
    public static final int NV_LOCKED = 0x148;
    public static final int NV_UNINITIALIZED = 0x14a;
    public static final int HASH = 0x083;
    public static final int VALUE = 0x084;
    public static final int HANDLE = 0x08b;
    public static final int AUTH_FAIL = 0x08e;
    public static final int INTEGRITY = 0x09f;
    public static final int POLICY_FAIL = 0x09d;
    public static final int BAD_AUTH = 0x0a2;
    public static final int OBJECT_MEMORY = 0x902;
    public static final int SESSION_MEMORY = 0x903;
    public static final int SESSION_HANDLES = 0x905;
    public static final int OBJECT_HANDLES = 0x906;
    public static final int YIELDED = 0x908;
    public static final int TESTING = 0x90a;
    public static final int REFERENCE_H0 = 0x910;
    public static final int NV_RATE = 0x920;
    public static final int LOCKOUT = 0x921;
    public static final int RETRY = 0x922;

    private static final int FORMAT_ONE = 0x080;
    private static final int PARAMETER_BIT = 0x040;
    private static final int SESSION_BIT = 0x800;
    private static final int VENDOR_BIT = 0x400;
    private static final int TPM2_BIT = 0x100;

    /** Takes a code apart. */
    public static TpmRc of(int raw) {
        int code = raw & 0xffff;
        if ((code & 0xf000) != 0 || (raw & 0xff000000) != 0) {
            return new TpmRc(raw, "unknown response code", Subject.NONE, 0);
        }
        if ((code & FORMAT_ONE) != 0) {
            return formatOne(raw, code);
        }
        if ((code & TPM2_BIT) == 0 && code != 0) {
            return new TpmRc(raw, TpmRcNames.tpm12(code), Subject.NONE, 0);
        }
        if ((code & VENDOR_BIT) != 0) {
            return new TpmRc(raw, "vendor-defined response code", Subject.NONE, 0);
        }
        return new TpmRc(raw, TpmRcNames.of(code & 0x97f), Subject.NONE, 0);
    }

    private static TpmRc formatOne(int raw, int code) {
        String name = TpmRcNames.of((code & 0x3f) | FORMAT_ONE);
        if ((code & PARAMETER_BIT) != 0) {
            return new TpmRc(raw, name, Subject.PARAMETER, (code >> 8) & 0xf);
        }
        Subject subject = (code & SESSION_BIT) != 0 ? Subject.SESSION : Subject.HANDLE;
        int index = (code >> 8) & 0x7;
        return new TpmRc(raw, name, index == 0 ? Subject.NONE : subject, index);
    }

    /** The code without position and layer, to compare with the constants of this class. */
    public int base() {
        int code = raw & 0xffff;
        return (code & FORMAT_ONE) != 0 ? (code & 0x3f) | FORMAT_ONE : code;
    }

    /** Whether the same command may succeed a little later, so the TPM says. */
    public boolean retryable() {
        return switch (base()) {
            case RETRY, YIELDED, TESTING, NV_RATE -> true;
            default -> false;
        };
    }

    /** Name, code in hex, and position: {@code TPM_RC_INTEGRITY (0x1df, parameter 1)}. */
    @Override
    public String toString() {
        String place =
                subject == Subject.NONE || index == 0
                        ? ""
                        : ", " + subject.name().toLowerCase(java.util.Locale.ROOT) + " " + index;
        return name + " (0x" + Integer.toHexString(raw) + layer() + place + ")";
    }

    private String layer() {
        return switch ((raw >>> 16) & 0xff) {
            case 0 -> "";
            case 11, 12 -> ", from the resource manager";
            default -> ", from software layer " + ((raw >>> 16) & 0xff);
        };
    }
}
