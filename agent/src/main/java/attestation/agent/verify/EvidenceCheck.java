// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import attestation.ima.ReplayMode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * The checks of one piece of evidence, in the one order in which they mean anything: what a later
 * one reads was proven by an earlier one.
 */
final class EvidenceCheck {
    private static final HexFormat HEX = HexFormat.of();
    private static final int PCR_16 = 16;

    /** Resets count most, then restarts, then the clock within. */
    private static final Comparator<long[]> ORDER = Arrays::compareUnsigned;

    private final Policy policy;
    private final Optional<AttestationKey> ak;
    private final boolean trusted;
    private final Findings findings;

    /**
     * @param ak the key to check by
     * @param trusted whether the caller vouches for it; if not, nothing is ever verified
     */
    EvidenceCheck(Policy policy, Optional<AttestationKey> ak, boolean trusted, Findings findings) {
        this.policy = policy;
        this.ak = ak;
        this.trusted = trusted;
        this.findings = findings;
    }

    /**
     * What was proven.
     *
     * @param state from which to go on; empty when the list was not proven
     * @param askFromZero the host was reset since the state: its list must be had from entry 0
     */
    record Proven(Optional<ProvenState> state, boolean askFromZero) {}

    /**
     * Makes the checks; findings say what came out.
     *
     * @param before what was proven earlier of this host
     * @throws RefutedException at the first that fails; it belongs to the check entered last
     */
    Proven check(Evidence evidence, Optional<ProvenState> before)
            throws RefutedException, IOException {
        Attest attest = attest(evidence);
        nonce(evidence, attest);
        TpmSignature signature = signature(evidence);
        PcrBlob pcrs = selection(evidence, attest);
        digest(attest, signature, pcrs);
        pubkey(evidence, pcrs);
        Optional<ProvenState> boot = clock(evidence, attest, before);
        boolean askFromZero = before.isPresent() && boot.isEmpty() && listEntry(evidence) != 0;
        Optional<ProvenState> state =
                askFromZero ? Optional.empty() : list(evidence, attest, pcrs, boot);
        bootLog(evidence, pcrs);
        return new Proven(state, askFromZero);
    }

    private Attest attest(Evidence evidence) throws RefutedException {
        findings.enter("attest");
        Attest attest = Attest.parse(evidence.attest());
        findings.ok("TPM_GENERATED_VALUE, TPM_ST_ATTEST_QUOTE");
        findings.fact("clock_ms", attest.clock());
        findings.fact("reset_count", attest.resetCount());
        findings.fact("restart_count", attest.restartCount());
        findings.fact("clock_safe", attest.safe());
        findings.fact(
                "tpm_firmware", String.format(Locale.ROOT, "%016x", attest.firmwareVersion()));
        return attest;
    }

    private void nonce(Evidence evidence, Attest attest) throws RefutedException {
        findings.enter("nonce");
        String nonce = evidence.request().nonce();
        findings.fact("nonce", nonce);
        if (!MessageDigest.isEqual(attest.extraData(), nonce.getBytes(StandardCharsets.US_ASCII))) {
            throw new RefutedException(
                    "nonce",
                    Printable.text(new String(attest.extraData(), StandardCharsets.ISO_8859_1)),
                    nonce + ", as it was asked: an old or foreign quote");
        }
        findings.ok(nonce);
    }

    private TpmSignature signature(Evidence evidence) throws RefutedException {
        findings.enter("signature");
        TpmSignature signature = TpmSignature.parse(evidence.signature());
        policy.accept(signature);
        claimed("hash_alg", evidence.claims().hashAlg(), signature.hash().text());
        claimed("sign_alg", evidence.claims().signAlg(), signature.scheme().text());
        findings.fact("signature", signature.toString());
        if (ak.isEmpty()) {
            findings.undecided("no trusted AK was given: who signed is not known; give --ak FILE");
            return signature;
        }
        findings.fact("ak", ak.get().label());
        SignatureCheck.verify(ak.get(), signature, evidence.attest());
        kind(ak.get(), evidence.claims().encAlg());
        String text = signature + " by AK " + ak.get().label() + " (" + ak.get().kind() + ")";
        if (trusted) {
            findings.ok(text);
        } else {
            findings.undecided(text + ", which nobody vouches for; give --ak FILE");
        }
        return signature;
    }

    private static void kind(AttestationKey ak, String said) throws RefutedException {
        if (!ak.isCalled(said)) {
            throw new RefutedException("answer, enc_alg", said, ak.encAlg() + " as the AK is");
        }
    }

    private static void claimed(String member, String said, String found) throws RefutedException {
        if (!said.equals(found)) {
            throw new RefutedException("answer, " + member, said, found + " as the signature has");
        }
    }

    private PcrBlob selection(Evidence evidence, Attest attest) throws RefutedException {
        findings.enter("selection");
        if (attest.selections().size() != 1) {
            throw new RefutedException("quoted banks", attest.selections().size(), "1");
        }
        PcrSelection quoted = attest.selections().getFirst();
        policy.accept(quoted);
        claimed("hash_alg", evidence.claims().hashAlg(), quoted.bank().text());
        PcrSelection asked = new PcrSelection(quoted.bank(), evidence.request().quotedMask());
        if (!quoted.equals(asked)) {
            throw new RefutedException("quoted PCRs", quoted, asked + " as asked");
        }
        PcrBlob pcrs = PcrBlob.parse(evidence.pcrBlob());
        if (!pcrs.selection().equals(asked)) {
            throw new RefutedException("PCR values of", pcrs.selection(), asked + " as quoted");
        }
        findings.ok(quoted.toString());
        findings.fact("pcrs", quoted.toString());
        return pcrs;
    }

    private void digest(Attest attest, TpmSignature signature, PcrBlob pcrs)
            throws RefutedException {
        findings.enter("digest");
        byte[] computed = pcrs.digest(signature.hash());
        if (!MessageDigest.isEqual(computed, attest.pcrDigest())) {
            throw new RefutedException(
                    "digest over the PCR values",
                    HEX.formatHex(computed),
                    HEX.formatHex(attest.pcrDigest()) + " as quoted");
        }
        findings.ok(HEX.formatHex(computed));
        pcrs.values().forEach((pcr, value) -> findings.fact("pcr" + pcr, HEX.formatHex(value)));
    }

    private void pubkey(Evidence evidence, PcrBlob pcrs) throws RefutedException {
        findings.enter("pubkey");
        if (evidence.pubkey().isEmpty()) {
            if (evidence.request().wantPubkey()) {
                throw new RefutedException("answer: no pubkey, though partial=0 was asked");
            }
            findings.note("not asked for");
            return;
        }
        HashAlg bank = pcrs.selection().bank();
        byte[] bound = bank.hash(new byte[bank.size()], bank.hash(evidence.pubkey().get()));
        byte[] quoted = pcrs.value(PCR_16);
        if (!MessageDigest.isEqual(bound, quoted)) {
            throw new RefutedException(
                    "payload key, bound to PCR 16",
                    HEX.formatHex(bound),
                    HEX.formatHex(quoted) + " as quoted");
        }
        findings.ok("bound to PCR 16 " + HEX.formatHex(quoted));
    }

    /** The earlier state as far as it speaks of this boot. */
    private Optional<ProvenState> clock(
            Evidence evidence, Attest attest, Optional<ProvenState> before)
            throws RefutedException {
        findings.enter("clock");
        String now =
                attest.clock()
                        + " ms, reset "
                        + attest.resetCount()
                        + ", restart "
                        + attest.restartCount()
                        + (attest.safe() ? "" : ", clock not safe");
        if (before.isEmpty()) {
            findings.note(now);
            return before;
        }
        ProvenState last = before.get();
        notReplayed(evidence, attest, last, now);
        if (attest.resetCount() > last.resetCount()) {
            findings.note(now + "; the TPM was reset since: the list begins anew");
            return Optional.empty();
        }
        findings.ok(now + ", later than " + last.clock() + " ms");
        return before;
    }

    private static void notReplayed(Evidence evidence, Attest attest, ProvenState last, String now)
            throws RefutedException {
        boolean back =
                ORDER.compare(
                                new long[] {
                                    attest.resetCount(), attest.restartCount(), attest.clock()
                                },
                                new long[] {last.resetCount(), last.restartCount(), last.clock()})
                        < 0;
        if (back || fingerprint(evidence).equals(last.quote())) {
            throw new RefutedException(
                    "TPM clock",
                    now,
                    "after "
                            + last.clock()
                            + " ms, reset "
                            + last.resetCount()
                            + ", restart "
                            + last.restartCount()
                            + ": an old quote again");
        }
    }

    private Optional<ProvenState> list(
            Evidence evidence, Attest attest, PcrBlob pcrs, Optional<ProvenState> boot)
            throws RefutedException, IOException {
        findings.enter("list");
        if (!evidence.request().wantsList()) {
            findings.note("not checked: PCR 10 was not asked for");
            return Optional.empty();
        }
        if (evidence.list().isEmpty()) {
            throw new RefutedException("answer: no list, though PCR 10 was asked for");
        }
        ListStart start = ListStart.of(listEntry(evidence), evidence.request().from(), boot, pcrs);
        byte[] quoted = pcrs.value(ImaList.PCR);
        HashAlg bank = pcrs.selection().bank();
        ImaList.Outcome outcome =
                ImaList.replay(evidence.list().get(), bank, start.value(), quoted);
        facts(start, outcome);
        if (!start.known()) {
            findings.undecided(start.unknownText());
            return Optional.empty();
        }
        proven(start, outcome, quoted);
        long next = start.line() + outcome.provenLines().orElseThrow();
        long seen = start.line() + outcome.lines();
        progress(boot, next, seen);
        return ak.map(
                key ->
                        new ProvenState(
                                key.fingerprint(),
                                bank,
                                quoted,
                                next,
                                seen,
                                attest.clock(),
                                attest.resetCount(),
                                attest.restartCount(),
                                fingerprint(evidence)));
    }

    private void facts(ListStart start, ImaList.Outcome outcome) {
        findings.fact("list_first_line", start.line());
        findings.fact("list_lines", outcome.lines());
        findings.fact("list_entries", outcome.entries());
        findings.fact("list_violations", outcome.violations());
        outcome.provenLines()
                .ifPresent(
                        lines -> {
                            findings.fact("proven_entries", outcome.provenEntries());
                            findings.fact(
                                    "unproven_entries",
                                    outcome.entries() - outcome.provenEntries());
                            findings.fact("next_line", start.line() + lines);
                        });
    }

    private void proven(ListStart start, ImaList.Outcome outcome, byte[] quoted)
            throws RefutedException {
        if (outcome.provenLines().isEmpty()) {
            throw new RefutedException(
                    "list of " + outcome.entries() + " entries, replayed",
                    outcome.end(),
                    HEX.formatHex(quoted)
                            + " of the quoted PCR 10 after some entry: changed, cut, or of another"
                            + " boot (kexec)");
        }
        if (start.line() == 0 && outcome.provenEntries() == 0) {
            throw new RefutedException(
                    "quoted PCR 10",
                    HEX.formatHex(quoted),
                    "not zero: this kernel extends nothing, its list is not measured");
        }
        findings.ok(
                outcome.provenEntries()
                        + " of "
                        + outcome.entries()
                        + (start.line() == 0 ? " entries" : " new entries")
                        + " replay to the quoted PCR 10");
        remarks(outcome);
    }

    private void remarks(ImaList.Outcome outcome) {
        long beyond = outcome.entries() - outcome.provenEntries();
        if (beyond > 0) {
            findings.note(beyond + " entries beyond the quote: unproven, due in the next one");
        }
        if (outcome.otherPcr() > 0) {
            findings.undecided(
                    outcome.otherPcr()
                            + " entries are of other PCRs than 10: nothing here proves them");
        }
        if (outcome.violations() > 0) {
            findings.note(
                    outcome.violations()
                            + " violations: files changed while measured; their names are not"
                            + " proven");
        }
        if (outcome.mode() != ReplayMode.HASH) {
            findings.note("this kernel extends padded SHA-1: the list is as strong as SHA-1");
        }
    }

    private void progress(Optional<ProvenState> boot, long next, long seen)
            throws RefutedException {
        if (boot.isEmpty()) {
            return;
        }
        findings.enter("progress");
        long expected = boot.get().linesSeen();
        if (seen < expected) {
            throw new RefutedException(
                    "lines of the list", seen, "at least " + expected + ", as seen before");
        }
        if (next < expected) {
            throw new RefutedException(
                    "lines covered by the quote",
                    next,
                    "at least "
                            + expected
                            + ", listed before the last quote: a TPM that lost extends, or entries"
                            + " that were made up");
        }
        findings.ok("line " + next + ", was " + boot.get().nextLine());
    }

    private void bootLog(Evidence evidence, PcrBlob pcrs) throws RefutedException {
        BootLogCheck check = new BootLogCheck(pcrs, findings);
        if (evidence.bootLog().isEmpty()) {
            check.none();
            return;
        }
        findings.enter("boot-log");
        check.check(evidence.bootLog().get());
    }

    private static long listEntry(Evidence evidence) {
        return evidence.claims().listEntry().orElse(0);
    }

    private static String fingerprint(Evidence evidence) {
        return HEX.formatHex(HashAlg.SHA256.hash(evidence.attest()));
    }
}
