// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.ima.ReplayMode;
import attestation.ima.match.Match;
import attestation.ima.match.MismatchCause;

import java.time.Instant;
import java.util.Optional;

/**
 * How quotes and list agree.
 *
 * @param when of the last quote over PCR 10
 * @param matched entries that the last agreeing quote covers
 * @param mode what the kernel extends into the bank
 * @param uncovered first entry that was listed before several quotes and is covered by none
 * @param disagreement why the last quote agrees with no prefix; empty when it does
 */
record ProofState(
        Optional<Instant> when,
        long matched,
        String mode,
        Optional<NamedEntry> uncovered,
        Optional<Disagreement> disagreement) {
    /** What an operator does about a padded bank. */
    static final String UNPADDED =
            "quote a bank the kernel can hash: tpm.hash_alg = \"sha256\" (before 5.8: \"sha1\"), or a kernel"
                    + " with that hash built in (CONFIG_CRYPTO_SHA512=y)";

    /** Nothing was quoted yet. */
    static final ProofState NONE =
            new ProofState(Optional.empty(), 0, "", Optional.empty(), Optional.empty());

    /**
     * An entry as people find it.
     *
     * @param number from 0
     * @param name of the file, escaped
     */
    record NamedEntry(long number, String name) {
        @Override
        public String toString() {
            return name.isEmpty() ? String.valueOf(number) : number + " (" + name + ")";
        }
    }

    /**
     * No prefix fits the quote.
     *
     * @param cause the most likely one
     * @param after first entry that no quote has proven; empty when none ever was
     * @param replaced whether the list was replaced while the agent ran
     */
    record Disagreement(MismatchCause cause, Optional<NamedEntry> after, boolean replaced) {
        String words() {
            String words =
                    replaced
                            ? "the measurement list was replaced by another while the agent ran; "
                            : "";
            return words
                    + cause.words()
                    + after.map(entry -> "; nothing is proven from entry " + entry + " on")
                            .orElse("");
        }
    }

    static ProofState agrees(Match.Proven proven, Optional<NamedEntry> uncovered, Instant when) {
        return new ProofState(
                Optional.of(when),
                proven.entries(),
                proven.mode().name(),
                uncovered,
                Optional.empty());
    }

    /** Whether the kernel lacks the bank's hash: the words for it and what to do. */
    Optional<String> padding() {
        return mode.isEmpty() || mode.equals(ReplayMode.HASH.name())
                ? Optional.empty()
                : Optional.of(
                        "the kernel extends SHA-1 padded with zeros into this PCR bank, as it lacks the bank's"
                                + " own hash: a verifier that computes that hash, such as Keylime's, finds"
                                + " another value");
    }

    ProofState disagrees(Disagreement why, Instant when) {
        return new ProofState(Optional.of(when), matched, mode, uncovered, Optional.of(why));
    }
}
