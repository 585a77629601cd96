// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.agent.host.Deadline;
import attestation.agent.status.SectionSource;
import attestation.ima.HashAlgorithms;
import attestation.ima.follow.BootIdentity;
import attestation.ima.follow.FollowerSettings;
import attestation.ima.follow.ListStatistics;
import attestation.ima.follow.MeasurementFollower;
import attestation.ima.match.PrefixMatcher;
import attestation.systemd.Heartbeat;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.Tpm;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The evidence path as a whole: follows the list from {@link #start} on, and gives evidence once
 * the payload key and the AK are known.
 */
public final class EvidenceService {
    private final EvidenceSettings settings;
    private final Tpm tpm;
    private final HashAlgorithm bank;
    private final InstantSource clock;
    private final BootFacts boot;
    private final LogService log;
    private final ListProof proof;
    private final BootLogFile bootLog;
    private final BootLogReplay bootReplay;
    private final EvidenceSection told;
    private volatile Optional<EvidenceCollector> collector = Optional.empty();

    /**
     * @param bank of every quote
     * @param heartbeat of the log thread
     * @param whenItDies told when the log thread ends by a defect
     */
    public EvidenceService(
            EvidenceSettings settings,
            Tpm tpm,
            HashAlgorithm bank,
            InstantSource clock,
            Heartbeat heartbeat,
            Thread.UncaughtExceptionHandler whenItDies) {
        this.settings = settings;
        this.tpm = tpm;
        this.bank = bank;
        this.clock = clock;
        HashAlgorithms algorithms = KernelHashes.all();
        this.boot = BootFacts.load(settings.spoolDir());
        this.log =
                new LogService(
                        settings.list(),
                        settings.count(),
                        () -> follower(algorithms),
                        settings.poll(),
                        clock,
                        heartbeat,
                        whenItDies);
        this.proof =
                new ListProof(
                        bank.keylimeName(),
                        new PrefixMatcher(algorithms),
                        clock,
                        (zero, proven) -> boot.facts(tpm.snapshot().clock(), zero, proven));
        this.bootLog = new BootLogFile(settings.bootLog());
        this.bootReplay = new BootLogReplay(bootLog, bank);
        this.told = new EvidenceSection(proof, bootLog, bootReplay);
    }

    /** The kernel's random name of this boot. */
    public String bootId() {
        return boot.bootId();
    }

    /** Begins to follow the list; returns at once. */
    public void start() {
        log.start();
    }

    public void stop() throws InterruptedException {
        log.stop();
    }

    /** Evidence whose PCR 16 vouches for this key. Its PCR is set in the TPM by the caller. */
    public EvidenceSource source(KeyBinding binding) {
        EvidenceCollector made =
                new EvidenceCollector(
                        tpm, boot, binding, log, proof, bootLog, bootReplay, told, clock);
        collector = Optional.of(made);
        return made;
    }

    /**
     * Holds one quote against the list, unless a verifier has asked for one already, so that {@code
     * status} does not have to guess. Blocks.
     */
    public void checkOnce(byte[] nonce, Deadline deadline) throws InterruptedException {
        if (collector.isPresent()) {
            collector.get().checkOnce(nonce, deadline);
        }
    }

    /** What is published of list and evidence. */
    public List<SectionSource> sections() {
        return List.of(told, new ListSection(log, settings.list()));
    }

    /** Quotes in numbers. */
    public QuoteFigures quotes() {
        return told.figures();
    }

    /** The list in numbers; empty before it was looked at. */
    public Optional<ListStatistics> list() {
        return log.report().map(LogReport::statistics);
    }

    /** Hash of the quotes' bank. */
    public HashAlgorithm bank() {
        return bank;
    }

    private MeasurementFollower follower(HashAlgorithms algorithms) {
        return MeasurementFollower.open(
                new FollowerSettings(
                        settings.list(),
                        Optional.empty(),
                        settings.count(),
                        settings.keepOpen(),
                        settings.spoolDir(),
                        settings.spoolCapBytes(),
                        new BootIdentity(boot.bootId(), OptionalLong.empty()),
                        algorithms,
                        clock));
    }
}
