// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.agent.evidence.EvidenceException.Kind;
import attestation.agent.host.Deadline;
import attestation.ima.follow.ListStatistics;
import attestation.ima.follow.LogView;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.Lane;
import attestation.tpm.PcrSelection;
import attestation.tpm.PcrValues;
import attestation.tpm.Quote;
import attestation.tpm.Tpm;
import attestation.tpm.TpmException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Has the TPM quote, then reads the list, then finds out which prefix of the list the quote speaks
 * of; serves every line that was listed before the quote, and beyond those only up to that prefix.
 *
 * <p>The kernel appends to its list before it extends the PCR, so a list read after the quote
 * covers it. One TPM command in the normal case: the values of the other PCRs come from a cache
 * that the quoted digest proves.
 *
 * <p>Thread-safe.
 */
final class EvidenceCollector implements EvidenceSource {
    private static final Logger LOG = LoggerFactory.getLogger(EvidenceCollector.class);

    /**
     * Quotes for one request: the first, one after PCR 16 was set again, the others after races.
     */
    private static final int ATTEMPTS = 5;

    private final Tpm tpm;
    private final BootFacts boot;
    private final HashAlgorithm bank;
    private final KeyBinding binding;
    private final PcrCache cache;
    private final LogService log;
    private final ListProof proof;
    private final BootLogFile bootLog;
    private final BootLogReplay bootReplay;
    private final EvidenceSection told;
    private final InstantSource clock;
    private volatile Optional<Anchor> anchor = Optional.empty();

    EvidenceCollector(
            Tpm tpm,
            BootFacts boot,
            KeyBinding binding,
            LogService log,
            ListProof proof,
            BootLogFile bootLog,
            BootLogReplay bootReplay,
            EvidenceSection told,
            InstantSource clock) {
        this.tpm = tpm;
        this.boot = boot;
        this.bank = binding.bank();
        this.binding = binding;
        this.log = log;
        this.proof = proof;
        this.bootLog = bootLog;
        this.bootReplay = bootReplay;
        this.told = told;
        this.clock = clock;
        this.cache = new PcrCache(bank);
        cache.put(KeyBinding.PCR, binding.value());
    }

    @Override
    public Evidence collect(EvidenceRequest request)
            throws EvidenceException, InterruptedException {
        try {
            checkNonce(request.nonce());
            Duration before = request.deadline().elapsed();
            Collecting collecting = new Collecting(request);
            Evidence evidence = collecting.now();
            Duration whole = request.deadline().elapsed();
            Duration tpmTook = collecting.tpmTook;
            told.served(clock.instant(), whole, tpmTook, whole.minus(before).minus(tpmTook));
            return evidence;
        } catch (EvidenceException e) {
            told.refused(e.kind(), clock.instant(), String.valueOf(e.getMessage()));
            throw e;
        }
    }

    /** Holds a quote against the lists, unless one already was, so that status knows. */
    void checkOnce(byte[] nonce, Deadline deadline) throws InterruptedException {
        int boot = bootReplay.wanted();
        if (proof.state().when().isPresent() && boot == 0) {
            return;
        }
        try {
            int mask = boot | 1 << EvidenceRequest.IMA_PCR;
            var request = new EvidenceRequest(nonce, mask, Long.MAX_VALUE, deadline);
            var _ = new Collecting(request).now();
        } catch (EvidenceException e) {
            LOG.warn("evidence cannot be had yet reason=\"{}\"", e.getMessage());
        }
    }

    private void checkNonce(byte[] nonce) throws EvidenceException {
        int limit = tpm.maxQualifyingData().orElse(Integer.MAX_VALUE);
        if (nonce.length > limit) {
            throw new EvidenceException(
                    Kind.BAD_REQUEST,
                    "nonce: %d bytes (expected: at most %d, this TPM's limit of qualifying data)"
                            .formatted(nonce.length, limit),
                    null);
        }
    }

    /** The state of one request. */
    private final class Collecting {
        private final EvidenceRequest request;
        private final Deadline deadline;
        private final int mask;
        private final PcrSelection selection;

        /** The PCRs were read for this request: the values known now are worth a wide search. */
        private boolean reread;

        /** PCR 16 was ours when the PCRs were read. */
        private boolean bound;

        /** Something the list does not give is not what the last search compared with. */
        private boolean news;

        private Duration tpmTook = Duration.ZERO;

        Collecting(EvidenceRequest request) {
            this.request = request;
            this.deadline = request.deadline();
            this.mask = request.pcrMask() | 1 << KeyBinding.PCR;
            this.selection = PcrSelection.ofMask(bank, mask);
        }

        Evidence now() throws EvidenceException, InterruptedException {
            try {
                return run();
            } catch (TpmException e) {
                throw new EvidenceException(Kind.UNAVAILABLE, String.valueOf(e.getMessage()), e);
            } catch (IOException e) {
                throw new EvidenceException(
                        Kind.UNAVAILABLE, "measurement list: " + e.getMessage(), e);
            }
        }

        private Evidence run()
                throws EvidenceException, InterruptedException, TpmException, IOException {
            for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
                Optional<Evidence> evidence = request.wantsList() ? withList() : withoutList();
                if (evidence.isPresent()) {
                    return evidence.get();
                }
            }
            throw new EvidenceException(
                    Kind.UNAVAILABLE,
                    "quote and PCR values disagreed in %d of %d attempts over %d ms (%s is changing faster than this TPM quotes)"
                            .formatted(
                                    ATTEMPTS, ATTEMPTS, deadline.elapsed().toMillis(), selection),
                    null);
        }

        private Quote quote() throws TpmException, InterruptedException {
            Lane lane = request.pcrMask() == 0 ? Lane.IDENTITY : Lane.INTEGRITY;
            Duration before = deadline.elapsed();
            Quote quote =
                    Patience.ask(
                            deadline,
                            () ->
                                    tpm.quote(
                                            request.nonce(),
                                            selection,
                                            lane,
                                            deadline.remaining()));
            tpmTook = tpmTook.plus(deadline.elapsed().minus(before));
            boot.seen(quote.info().clock());
            return quote;
        }

        private Optional<Evidence> withoutList() throws TpmException, InterruptedException {
            Quote quote = quote();
            Composite known = composite(quote);
            return known.matches()
                    ? Optional.of(evidence(quote, known.values(), Optional.empty()))
                    : reread(quote).map(values -> evidence(quote, values, Optional.empty()));
        }

        private Optional<Evidence> withList()
                throws TpmException, InterruptedException, EvidenceException, IOException {
            LogService.Listed before = log.listed(deadline);
            if (!before.readable()) {
                return withoutList();
            }
            Quote quote = quote();
            boolean read = before.view().entries() >= before.entries();
            Optional<ListProof.Known> same =
                    proof.remembered(mask, quote.info().pcrDigest(), before.view());
            return read && same.isPresent()
                    ? Optional.of(asBefore(quote, same.get(), before))
                    : held(quote, before);
        }

        /** The quote says what an earlier one said: nothing has to be read or replayed for it. */
        private Evidence asBefore(Quote quote, ListProof.Known same, LogService.Listed before)
                throws IOException {
            if (proof.isWorthTelling(same, before.entries())) {
                log.tell(
                        () -> {
                            proof.again(same, before.view(), before.entries());
                            return true;
                        });
            }
            return proven(quote, same.outcome(before.view()), before);
        }

        /** Drains what the kernel has added and holds the quote against it. */
        private Optional<Evidence> held(Quote quote, LogService.Listed before)
                throws TpmException, InterruptedException, EvidenceException, IOException {
            Composite known = composite(quote);
            ListProof.Outcome found =
                    log.drained(
                            before.entries(),
                            (view, list) ->
                                    reread
                                            ? everywhere(view, list, known, before)
                                            : proof.near(view, list, known, before.entries()),
                            deadline);
            if (found.proven()) {
                return Optional.of(proven(quote, found, before));
            }
            Optional<Evidence> onward = onward(quote, known, found.view());
            return onward.isPresent() ? onward : again(quote, before);
        }

        /**
         * The list matches nothing, but leads from an earlier value of PCR 10 to the quoted one.
         */
        private Optional<Evidence> onward(Quote quote, Composite known, LogView view)
                throws TpmException, EvidenceException, InterruptedException, IOException {
            if (anchor.isEmpty() || log.resumed()) {
                return Optional.empty();
            }
            Optional<Anchor> reached =
                    anchor.get().reach(view, bank.keylimeName(), KernelHashes.all(), known);
            if (reached.isEmpty()) {
                return Optional.empty();
            }
            anchor = reached;
            return Optional.of(unproven(quote, known.values()));
        }

        private ListProof.Outcome everywhere(
                LogView view, ListStatistics list, Composite known, LogService.Listed before)
                throws IOException {
            ListProof.Outcome outcome = proof.everywhere(view, list, known, before.entries(), news);
            news = false;
            return outcome;
        }

        /**
         * The known values were not the quoted ones, or PCR 10 is not what the list makes of it.
         */
        private Optional<Evidence> again(Quote quote, LogService.Listed before)
                throws TpmException, InterruptedException, EvidenceException, IOException {
            Optional<SortedMap<Integer, byte[]>> values = reread(quote);
            if (values.isEmpty() && !bound) {
                return Optional.empty();
            }
            Composite fresh = composite(quote);
            ListProof.Outcome found =
                    log.drained(
                            before.entries(),
                            (view, list) -> everywhere(view, list, fresh, before),
                            deadline);
            if (found.proven()) {
                return Optional.of(proven(quote, found, before));
            }
            anchor = anchored(before, found.view());
            if (log.resumed()) {
                log.rebuild("its content does not replay to the quoted PCRs", deadline);
                return Optional.empty();
            }
            return values.isPresent()
                    ? Optional.of(unproven(quote, values.get()))
                    : Optional.empty();
        }

        /** One entry at most is listed and not extended yet: the kernel holds a lock meanwhile. */
        private Optional<Anchor> anchored(LogService.Listed before, LogView after) {
            byte[] ima = cache.known(1 << EvidenceRequest.IMA_PCR).get(EvidenceRequest.IMA_PCR);
            long from = Math.max(0, Math.min(before.entries(), after.entries()) - 1);
            return ima == null
                    ? Optional.empty()
                    : Optional.of(new Anchor(after.incarnation(), ima, from, after.entries()));
        }

        private Evidence proven(Quote quote, ListProof.Outcome found, LogService.Listed before)
                throws IOException {
            log.proven();
            LogView view = found.view();
            long listed = view.lineOfEntry(Math.min(before.entries(), view.entries()));
            long end = Math.max(listed, found.lines());
            return evidence(quote, found.values(), Optional.of(slice(view, end)));
        }

        private Evidence unproven(Quote quote, SortedMap<Integer, byte[]> values)
                throws TpmException, EvidenceException, InterruptedException, IOException {
            Composite quoted = new Composite(bank, mask, quote.info().pcrDigest(), values);
            byte[] ima = values.get(EvidenceRequest.IMA_PCR);
            boolean zero = ima == null || Arrays.equals(ima, new byte[ima.length]);
            LogView all =
                    log.drained(
                            0,
                            (view, list) -> {
                                proof.unproven(view, list, quoted, zero);
                                return view;
                            },
                            deadline);
            return evidence(quote, values, Optional.of(slice(all, all.lines())));
        }

        private ListSlice slice(LogView view, long end) throws IOException {
            long from = request.fromLine() > end ? 0 : request.fromLine();
            return new FollowedSlice(view.slice(from, end));
        }

        private Composite composite(Quote quote) throws TpmException.Unsupported {
            return new Composite(bank, mask, quote.info().pcrDigest(), cache.known(mask));
        }

        private Evidence evidence(
                Quote quote, SortedMap<Integer, byte[]> values, Optional<ListSlice> list) {
            bootReplay.compare(values);
            return new Evidence(
                    quote.attest(),
                    quote.signature(),
                    bank.keylimeName(),
                    values,
                    list,
                    request.wantsBootLog() ? bootLog.bytes() : Optional.empty());
        }

        /**
         * Reads the PCRs once; sets PCR 16 again when somebody else has changed it.
         *
         * @return the quoted values, when these still are they
         */
        private Optional<SortedMap<Integer, byte[]>> reread(Quote quote)
                throws TpmException, InterruptedException {
            Duration before = deadline.elapsed();
            PcrValues read = tpm.readPcrs(selection, deadline.remaining());
            tpmTook = tpmTook.plus(deadline.elapsed().minus(before));
            byte[] binding16 = read.value(bank, KeyBinding.PCR).orElseThrow();
            bound = Arrays.equals(binding16, binding.value());
            if (!bound) {
                LOG.warn(
                        "PCR 16 was changed by another program; set again bank={}",
                        bank.keylimeName());
                binding.set(tpm, deadline.remaining());
            }
            reread = true;
            news |= cache.learn(read, KeyBinding.PCR) || !bound;
            return bound && Arrays.equals(read.digest(bank), quote.info().pcrDigest())
                    ? Optional.ofNullable(read.banks().get(bank))
                    : Optional.empty();
        }
    }
}
