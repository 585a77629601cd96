// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Checks the first entry of a boot against PCRs 0 to 9, from which the kernel made it.
 *
 * <p>SHA-1 covers PCRs 0 to 7, every other hash 0 to 9, or 0 to 7 in kernels that took over the one
 * change and not the other (5.4 stable). It is a snapshot of the moment IMA started: later extends
 * of these PCRs make {@link Result#DIFFERS} come out of live values.
 */
public final class BootAggregate {
    /** What the comparison says. */
    public enum Result {
        /** It is the hash of these PCRs. */
        AGREES,
        /** It is another value. */
        DIFFERS,
        /** It is zero: IMA found no TPM. */
        NO_TPM,
        /** The entry is not a boot_aggregate. */
        NOT_ONE,
        /** PCRs of its bank, or its hash, are not at hand. */
        CANNOT_TELL
    }

    private BootAggregate() {}

    /**
     * Compares {@code first}, the first entry of a boot, with PCR values.
     *
     * @param banks values by bank's kernel name and PCR
     */
    public static Result check(
            Entry first,
            Map<String, ? extends Map<Integer, byte[]>> banks,
            HashAlgorithms algorithms) {
        Optional<FileDigest> digest = first.digest();
        if (!first.isBootAggregate() || digest.isEmpty()) {
            return Result.NOT_ONE;
        }
        if (digest.get().isZero()) {
            return Result.NO_TPM;
        }
        String bank = HashAlgorithms.canonical(digest.get().algorithm());
        Map<Integer, byte[]> pcrs = banks.get(bank);
        if (pcrs == null || !algorithms.supports(bank)) {
            return Result.CANNOT_TELL;
        }
        byte[] logged = digest.get().bytes();
        Result upTo7 = compare(logged, pcrs, 7, algorithms.digest(bank));
        return bank.equals("sha1") || upTo7 != Result.DIFFERS
                ? upTo7
                : compare(logged, pcrs, 9, algorithms.digest(bank));
    }

    private static Result compare(
            byte[] logged, Map<Integer, byte[]> pcrs, int last, MessageDigest hash) {
        for (int pcr = 0; pcr <= last; pcr++) {
            byte[] value = pcrs.get(pcr);
            if (value == null) {
                return Result.CANNOT_TELL;
            }
            hash.update(value);
        }
        return Arrays.equals(hash.digest(), logged) ? Result.AGREES : Result.DIFFERS;
    }
}
