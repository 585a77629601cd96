// SPDX-License-Identifier: Apache-2.0
package attestation.ima.match;

import attestation.ima.Entry;
import attestation.ima.FileDigest;
import attestation.ima.follow.ListStatistics;
import attestation.ima.follow.LogView;

import java.io.IOException;
import java.util.OptionalLong;

/** Why a list does not replay to the TPM's PCR, as far as it can be told from this host. */
public enum MismatchCause {
    /** Entry 0 says that IMA found no TPM when it started. */
    NO_TPM_AT_BOOT(
            "no TPM when IMA started: boot_aggregate is zero, PCR 10 is never extended",
            "use a kernel with the TPM driver built in (tpm_tis, tpm_crb)"),
    /** A new kernel was started without the list of the one before. */
    KEXEC_WITHOUT_CARRY_OVER(
            "kexec without carry-over: the list starts anew, PCR 10 goes on from the kernel before",
            "reboot through the firmware, or use a kernel with CONFIG_IMA_KEXEC"),
    /** A list that was carried over, but lost entries on the way. */
    KEXEC_LOST_ENTRIES(
            "kexec with carry-over: boot_aggregate stands twice, entries between load and execute were lost",
            "reboot through the firmware; kernels from 6.16 on carry all entries over"),
    /** The kernel's list no longer begins with boot_aggregate. */
    TRIMMED(
            "trimmed list: it does not begin with boot_aggregate, and what was cut off is not in the spool",
            "start the agent before the list is staged or trimmed, or reboot"),
    /** Without one of the entries, all others lead from the last proven prefix to the quote. */
    TPM_LOST_AN_EXTEND(
            "the TPM lost an extend, or an entry was made up: PCR 10 is what the list makes without that one",
            "look for \"Error Communicating to TPM chip\" in the kernel log (journalctl -k -g TPM); reboot, and have the TPM looked at if it comes again"),
    /** Quotes were proven up to some entry, and not since; no single entry explains it. */
    FOREIGN_WRITER(
            "PCR 10 was changed otherwise: something else extended it, or the TPM lost several extends",
            "look for other users of the TPM (fuser -v /dev/tpm0 /dev/tpmrm0; a list that was tampered with looks the same); reboot"),
    /** The TPM restarted, so PCRs are zero again, while the list went on. */
    TPM_RESET(
            "TPM was reset while the kernel ran on: its PCRs began anew, the list did not",
            "reboot; look for a failing resume from sleep"),
    /** Nothing of the above was seen. */
    UNKNOWN(
            "no prefix of the list replays to the quoted PCRs: it is the list of another boot or host, or a kexec went before the agent's first start",
            "check ima.list in the configuration, compare (agent ima replay LIST --expect PCR=VALUE), then reboot through the firmware");

    private final String words;
    private final String nextStep;

    MismatchCause(String words, String nextStep) {
        this.words = words;
        this.nextStep = nextStep;
    }

    /** What it is, for people. */
    public String words() {
        return words;
    }

    /** What an operator does about it. */
    public String nextStep() {
        return nextStep;
    }

    /**
     * What the caller knows beside the list.
     *
     * @param bootIdChanged the kernel was started anew since facts were last kept
     * @param resetCountChanged the TPM was reset since then
     * @param resetCountKnown whether the TPM's resetCount was known then and is now
     * @param pcrIsZero the quoted PCR 10 is still (or again) all zero
     */
    public record Facts(
            boolean bootIdChanged,
            boolean resetCountChanged,
            boolean resetCountKnown,
            boolean pcrIsZero) {
        /** Nothing is known. */
        public static Facts none() {
            return new Facts(false, false, false, false);
        }
    }

    /**
     * The most likely cause, strongest sign first.
     *
     * @param lostExtend what {@link PrefixMatcher#lostExtend} found
     * @throws IOException when the spool cannot be read
     */
    public static MismatchCause of(
            LogView view,
            ListStatistics list,
            Match.Unproven match,
            OptionalLong lostExtend,
            Facts facts)
            throws IOException {
        Entry first = view.entriesFrom(0).next();
        if (first == null) {
            return UNKNOWN;
        }
        if (!first.isBootAggregate()
                || (list.trimmed() > 0 && list.trimmed() >= match.lastProven())) {
            return TRIMMED;
        }
        if (first.digest().map(FileDigest::isZero).orElse(false)) {
            return NO_TPM_AT_BOOT;
        }
        if (match.everProven()) {
            if (facts.pcrIsZero() || facts.resetCountChanged()) {
                return TPM_RESET;
            }
            return lostExtend.isPresent() ? TPM_LOST_AN_EXTEND : FOREIGN_WRITER;
        }
        if (list.bootAggregates() > 1) {
            return KEXEC_LOST_ENTRIES;
        }
        if (facts.bootIdChanged() && facts.resetCountKnown() && !facts.resetCountChanged()) {
            return KEXEC_WITHOUT_CARRY_OVER;
        }
        return facts.pcrIsZero() ? TPM_RESET : UNKNOWN;
    }
}
