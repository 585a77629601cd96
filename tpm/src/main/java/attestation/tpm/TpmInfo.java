// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import java.util.List;
import java.util.Optional;

/**
 * What a TPM says of itself.
 *
 * @param manufacturer four letters
 * @param vendorString as the vendor put it
 * @param firmware four numbers
 * @param spec family, level, revision and date of the specification it implements
 * @param banks every PCR bank it knows
 * @param algorithms names of TPM_ALG_ID, or hex
 * @param curves names of TPM_ECC_CURVE, or hex
 * @param lockout dictionary attack counters; empty in failure mode
 * @param failure why it is in failure mode; empty when it works
 * @param clock empty when it cannot be read
 * @param certificates EK certificates in NV
 * @param chain intermediate certificates in NV
 */
public record TpmInfo(
        String manufacturer,
        String vendorString,
        String firmware,
        Spec spec,
        List<Bank> banks,
        List<String> algorithms,
        List<String> curves,
        Handles handles,
        Optional<Lockout> lockout,
        Optional<String> failure,
        Optional<ClockInfo> clock,
        List<EkCertificate> certificates,
        List<byte[]> chain) {

    /**
     * The specification.
     *
     * @param revision times 100: 159 for 1.59
     */
    public record Spec(String family, int level, int revision, int year, int dayOfYear) {}

    /**
     * A PCR bank.
     *
     * @param name Keylime's, or hex for a hash that is not known here
     * @param mask allocated PCRs; 0 for a bank that is not active
     */
    public record Bank(int tpmId, String name, int mask) {
        /** Whether it has PCRs. */
        public boolean active() {
            return mask != 0;
        }
    }

    /** Handles that exist now; behind a resource manager only our own transient ones are seen. */
    public record Handles(
            List<Integer> persistent,
            List<Integer> transientObjects,
            List<Integer> loadedSessions,
            List<Integer> savedSessions,
            List<Integer> nvIndices) {}

    /**
     * Dictionary attack protection.
     *
     * @param counter failures that count now
     * @param maxTries failures at which it locks
     * @param intervalSeconds after which one failure is forgiven
     * @param recoverySeconds after which a wrong lockout password may be tried again
     */
    public record Lockout(
            boolean inLockout,
            long counter,
            long maxTries,
            long intervalSeconds,
            long recoverySeconds) {}

    /**
     * An EK certificate.
     *
     * @param index NV index
     * @param template of the key it belongs to
     * @param bytes as in NV, cut to its outer DER length; empty when it cannot be read
     * @param note why it cannot be read, or why the key cannot be made
     * @param matches whether it is for the key this TPM makes; empty when that cannot be told
     */
    public record EkCertificate(
            int index,
            String template,
            Optional<byte[]> bytes,
            String note,
            Optional<Boolean> matches) {}
}
