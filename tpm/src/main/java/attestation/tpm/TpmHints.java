// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

/** What a response code means in its place, and what to do. */
final class TpmHints {
    private TpmHints() {}

    /** Begins with a colon and a blank, or is empty when nothing useful is to be said. */
    static String of(String what, TpmRc rc) {
        String hint = what.startsWith("TPM2_Load ") ? load(rc) : "";
        hint = hint.isEmpty() ? general(what, rc) : hint;
        return hint.isEmpty() ? "" : ": " + hint;
    }

    private static String load(TpmRc rc) {
        return switch (rc.base()) {
            case TpmRc.INTEGRITY ->
                    "the key blob was not made by this TPM under this parent - the TPM was cleared or"
                            + " exchanged, or the file belongs to another host; put the right file"
                            + " back, or make a new identity deliberately and enrol again";
            case TpmRc.HASH, TpmRc.VALUE ->
                    "the key blob is not for a TPM with these algorithms - check the file";
            default -> "";
        };
    }

    private static String general(String what, TpmRc rc) {
        return switch (rc.base()) {
            case TpmRc.LOCKOUT ->
                    "the TPM is in lockout after too many wrong passwords or power cuts, which count"
                            + " like them - wait for its recovery time or clear it with the lockout"
                            + " password (tpm2_dictionarylockout -c)";
            case TpmRc.AUTH_FAIL ->
                    "wrong password - set the right one; it is not tried again before a restart,"
                            + " because wrong ones lead to lockout";
            case TpmRc.BAD_AUTH ->
                    "wrong password - set the right endorsement or owner password; this one is"
                            + " tried again every few minutes, which does not count toward lockout";
            case TpmRc.OBJECT_MEMORY, TpmRc.OBJECT_HANDLES ->
                    "all object slots of the TPM are taken by others - flush them (tpm2_flushcontext"
                            + " -t) or use the resource manager /dev/tpmrm0";
            case TpmRc.SESSION_MEMORY, TpmRc.SESSION_HANDLES ->
                    "all session slots of the TPM are taken, by others or by a run that was"
                            + " killed - flush them"
                            + " (tpm2_flushcontext -l, then -s) or use the resource manager"
                            + " /dev/tpmrm0";
            case TpmRc.FAILURE ->
                    "the TPM is in failure mode - power the host off and on; if it stays, the TPM or"
                            + " its firmware is broken";
            case TpmRc.INITIALIZE ->
                    "the TPM was not started by firmware or emulator (TPM2_Startup is missing)";
            case TpmRc.NV_LOCKED ->
                    "the index is locked for reading until the TPM is reset, by whoever read it"
                            + " before - reboot, or ask who locks it";
            case TpmRc.COMMAND_CODE -> "this TPM does not know the command";
            case TpmRc.REFERENCE_H0 -> "the object was flushed by somebody else or by a TPM reset";
            case TpmRc.POLICY_FAIL ->
                    "the policy is not met - PCRs or the kind of key are not what they were";
            default -> rest(what, rc);
        };
    }

    private static String rest(String what, TpmRc rc) {
        boolean creates = what.startsWith("TPM2_Create");
        return creates && rc.subject() == TpmRc.Subject.PARAMETER
                ? "this TPM cannot make this kind of key - choose another algorithm or size"
                : rc.retryable() ? "the TPM is busy with itself - it may pass" : "";
    }
}
