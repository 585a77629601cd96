// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** Names of TPM_RC (Part 2 §6.6.3), without position bits. */
final class TpmRcNames {
    private static final String TABLE =
            "081 ASYMMETRIC,082 ATTRIBUTES,083 HASH,084 VALUE,085 HIERARCHY,"
                    + "087 KEY_SIZE,088 MGF,089 MODE,08A TYPE,08B HANDLE,08C KDF,08D RANGE,"
                    + "08E AUTH_FAIL,08F NONCE,090 PP,092 SCHEME,095 SIZE,096 SYMMETRIC,097 TAG,"
                    + "098 SELECTOR,09A INSUFFICIENT,09B SIGNATURE,09C KEY,09D POLICY_FAIL,"
                    + "09F INTEGRITY,0A0 TICKET,0A1 RESERVED_BITS,0A2 BAD_AUTH,0A3 EXPIRED,"
                    + "0A4 POLICY_CC,0A5 BINDING,0A6 CURVE,0A7 ECC_POINT,0A8 FW_LIMITED,"
                    + "0A9 SVN_LIMITED,100 INITIALIZE,101 FAILURE,103 SEQUENCE,10B PRIVATE,"
                    + "119 HMAC,120 DISABLED,121 EXCLUSIVE,124 AUTH_TYPE,125 AUTH_MISSING,"
                    + "126 POLICY,127 PCR,128 PCR_CHANGED,12D UPGRADE,12E TOO_MANY_CONTEXTS,"
                    + "12F AUTH_UNAVAILABLE,130 REBOOT,131 UNBALANCED,142 COMMAND_SIZE,"
                    + "143 COMMAND_CODE,144 AUTHSIZE,145 AUTH_CONTEXT,146 NV_RANGE,147 NV_SIZE,"
                    + "148 NV_LOCKED,149 NV_AUTHORIZATION,14A NV_UNINITIALIZED,14B NV_SPACE,"
                    + "14C NV_DEFINED,150 BAD_CONTEXT,151 CPHASH,152 PARENT,153 NEEDS_TEST,"
                    + "154 NO_RESULT,155 SENSITIVE,156 READ_ONLY,901 CONTEXT_GAP,"
                    + "902 OBJECT_MEMORY,903 SESSION_MEMORY,904 MEMORY,905 SESSION_HANDLES,"
                    + "906 OBJECT_HANDLES,907 LOCALITY,908 YIELDED,909 CANCELED,90A TESTING,"
                    + "910 REFERENCE_H0,911 REFERENCE_H1,912 REFERENCE_H2,913 REFERENCE_H3,"
                    + "914 REFERENCE_H4,915 REFERENCE_H5,916 REFERENCE_H6,918 REFERENCE_S0,"
                    + "919 REFERENCE_S1,91A REFERENCE_S2,91B REFERENCE_S3,91C REFERENCE_S4,"
                    + "91D REFERENCE_S5,91E REFERENCE_S6,920 NV_RATE,921 LOCKOUT,922 RETRY,"
                    + "923 NV_UNAVAILABLE,97F NOT_USED";

    private static final Map<Integer, String> NAMES =
            Arrays.stream(TABLE.split(","))
                    .map(row -> row.split(" "))
                    .collect(
                            Collectors.toUnmodifiableMap(
                                    row -> Integer.parseInt(row[0], 16),
                                    row -> "TPM_RC_" + row[1]));

    private TpmRcNames() {}

    static String of(int code) {
        return NAMES.getOrDefault(code, "unknown response code");
    }

    /** Codes in the format of TPM 1.2; one of them is also what a TPM 2.0 answers to a bad tag. */
    static String tpm12(int code) {
        return code == 0x1e ? "TPM_RC_BAD_TAG" : "TPM 1.2 response code";
    }
}
