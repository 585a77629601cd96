// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.Entry;
import attestation.ima.ImaLogException;
import attestation.ima.ListParser;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads a growing list once, front to back, and keeps what it read in the spool of this boot.
 *
 * <p>Confined to the thread of the first call; {@link #view} and {@link #statistics} may be called
 * from any. Nothing here throws for the list's or the disk's sake: {@link FollowState}, {@link
 * SpoolState} and {@link #takeNotices} say what is wrong, and the next drain tries again.
 *
 * <p>Half an entry at the end waits. A list that shrank, was trimmed or replaced is opened again
 * and compared with what was read: where it goes on, the spool goes on.
 */
public final class MeasurementFollower implements AutoCloseable {
    /** Name of the spool file in the spool directory. */
    public static final String SPOOL_FILE = "ima-list.spool";

    private final FollowerSettings settings;
    private final Disk disk;
    private final Optional<EntryCounter> counter;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(ListInput.BUFFER_BYTES);
    private final Notices notices = new Notices();
    private @Nullable FileChannel inherited;
    private @Nullable Thread owner;
    private @Nullable ListInput input;
    private @Nullable SpoolResume resume;
    private Ledger ledger;
    private ListParser parser;
    private FollowState state = FollowState.of(FollowState.Kind.NEW);
    private long rawCount;
    private boolean mustRealign;
    private boolean tailUnproven;
    private volatile LogView view;
    private volatile ListStatistics statistics;

    private MeasurementFollower(FollowerSettings settings, Disk disk) {
        this.settings = settings;
        this.disk = disk;
        this.counter = settings.count().map(EntryCounter::new);
        this.inherited = settings.inherited().orElse(null);
        this.parser = new ListParser(settings.algorithms());
        this.ledger = new Ledger(settings, disk, 1);
        this.view = ledger.publish(settings.clock().instant());
        this.resume = ledger.findSpool(notices, buffer);
        this.state =
                FollowState.of(resume == null ? FollowState.Kind.NEW : FollowState.Kind.RESUMING);
        this.statistics = ledger.statistics(view, state);
    }

    /** Ready to drain; takes up the spool of an earlier run of this boot. Reads no list yet. */
    public static MeasurementFollower open(FollowerSettings settings) {
        Path file = settings.spoolDir().resolve(SPOOL_FILE);
        return open(
                settings, new Disk(fresh -> ChannelSpoolFile.open(file, fresh), ListOpener.PLAIN));
    }

    static MeasurementFollower open(FollowerSettings settings, Disk disk) {
        return new MeasurementFollower(settings, disk);
    }

    /** All that is there now. */
    public Progress drain() {
        return drain(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /** Until this many entries are known or the list ends. */
    public Progress drain(long untilEntries) {
        return drain(untilEntries, Long.MAX_VALUE);
    }

    /**
     * Until this many entries are known, the list ends, or about {@code budgetBytes} were read.
     *
     * <p>With {@link #kernelCount} as the first argument the kernel is spared the read that only
     * finds the end.
     */
    public Progress drain(long untilEntries, long budgetBytes) {
        kernelCount();
        long before = ledger.entries();
        boolean more = false;
        try {
            more = resumes(budgetBytes) || (opens() && reads(untilEntries, budgetBytes));
        } catch (ImaLogException e) {
            state = new FollowState(FollowState.Kind.BROKEN, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            closeInput();
            state = ListFailure.of(settings.list(), e);
        }
        if (ledger.entries() > before) {
            ledger.grewAt(settings.clock().instant());
        }
        publish();
        release();
        return new Progress(view.entries(), Math.max(0, view.entries() - before), more, state);
    }

    /**
     * How many entries the kernel has listed since boot, read now from the count file; empty when
     * there is none.
     */
    public OptionalLong kernelCount() {
        confine();
        OptionalLong count = counter.map(EntryCounter::read).orElse(OptionalLong.empty());
        if (count.isEmpty()) {
            return count;
        }
        mustRealign |= count.getAsLong() < rawCount;
        rawCount = count.getAsLong();
        return OptionalLong.of(ledger.trimmed().entry() + rawCount);
    }

    /** What was read up to the last drain. */
    public LogView view() {
        return view;
    }

    /** Numbers as of the last drain. */
    public ListStatistics statistics() {
        return statistics;
    }

    /** What happened since this was last called. */
    public List<Notice> takeNotices() {
        confine();
        return notices.take();
    }

    /** Drops the spool, because its content does not agree with the TPM; reads from the start. */
    public void rebuild(String why) {
        confine();
        closeInput();
        startOver();
        notices.say(
                Notice.Kind.REBUILT, "spool dropped: " + why + "; reading the list from entry 0");
        publish();
    }

    /** Closes list and spool; views can no longer be read. The spool stays for the next run. */
    @Override
    public void close() {
        closeInput();
        counter.ifPresent(EntryCounter::close);
        ledger.close();
    }

    /** Goes on with taking up the spool; true while there is more of it. */
    private boolean resumes(long budgetBytes) {
        SpoolResume running = resume;
        if (running == null) {
            return false;
        }
        try {
            if (!running.step(budgetBytes)) {
                return true;
            }
            resume = null;
            if (ledger.takeUp(running)) {
                SpoolIndex.Place end = ledger.spool().end();
                notices.say(
                        Notice.Kind.RESUMED,
                        "spool taken up: " + end.entry() + " entries, " + end.offset() + " bytes");
            } else {
                startOver();
            }
        } catch (IOException e) {
            startOver();
            notices.say(
                    Notice.Kind.REBUILT,
                    "spool cannot be read: " + e.getMessage() + "; reading from entry 0");
        }
        return false;
    }

    /** Makes the input stand behind what is known; false when nothing can be read from it. */
    private boolean opens() throws IOException {
        ListInput open = input;
        if (open != null
                && !mustRealign
                && open.changed() == null
                && (!open.isRegular() || tailAgrees(open))) {
            return state.kind() != FollowState.Kind.BROKEN;
        }
        closeInput();
        open = openInput();
        input = open;
        ledger.releaseList();
        if (ledger.isEmpty()) {
            parser = new ListParser(settings.algorithms());
        } else if (mustRealign || wasTrimmed(open)) {
            realign(open);
        } else {
            continueBehind(open, 1);
        }
        mustRealign = false;
        return true;
    }

    /** A stager takes entries while the list is closed; no count tells when more have come. */
    private boolean wasTrimmed(ListInput open) throws IOException {
        LogView known = ledger.spool().view();
        long begins = ledger.trimmed().entry();
        return ImaPaths.hasStaging(settings.list())
                && begins < known.entries()
                && !new Realign(open, known, settings.algorithms()).beginsWith(begins);
    }

    private ListInput openInput() throws IOException {
        FileChannel given = inherited;
        inherited = null;
        return given != null
                ? ListInput.inherited(settings.list(), given, buffer)
                : ListInput.open(settings.list(), disk.list(), buffer);
    }

    /**
     * Of an ordinary file, which may have been rewritten: whether the entry read last is still
     * there.
     */
    private boolean tailAgrees(ListInput open) throws IOException {
        Entry expected = ledger.last();
        if (expected == null) {
            return true;
        }
        long end = ledger.spool().end().source() - ledger.trimmed().source();
        int length = ledger.lastSourceLength();
        if (length <= ListInput.BUFFER_BYTES
                && ledger.isLastSource(open.peek(end - length, length))) {
            return true;
        }
        open.seek(end - length);
        Entry found = open.readEntry(length, settings.algorithms(), ledger.spool().form().format());
        open.seek(end + parser.pending());
        return found != null && Realign.same(found, expected);
    }

    /** Goes on behind what is known, or one entry before that, which must then be the known one. */
    private void continueBehind(ListInput open, int back) throws IOException {
        SpoolIndex.Place end = ledger.spool().end();
        long source = end.source() - (long) back * ledger.lastSourceLength();
        long begins = ledger.trimmed().source();
        if (source < begins) {
            realign(open);
            return;
        }
        parser =
                ListParser.resumedAt(
                        settings.algorithms(),
                        ledger.spool().form().format(),
                        end.entry() - back,
                        source);
        tailUnproven = back > 0;
        open.seek(source - begins);
    }

    private void realign(ListInput open) throws IOException {
        tailUnproven = false;
        ledger.forgetOverflow();
        LogView known = ledger.spool().view();
        long first = Realign.OTHER_LIST;
        try {
            first =
                    known.entries() == 0
                            ? first
                            : new Realign(open, known, settings.algorithms()).firstEntry();
        } catch (ImaLogException e) {
            notices.say(Notice.Kind.REBUILT, "spool is damaged: " + e.getMessage());
        }
        if (first == Realign.OTHER_LIST) {
            startOver();
            open.seek(0);
            notices.say(
                    Notice.Kind.REPLACED,
                    "list " + settings.list() + " is another one now; read from entry 0");
            return;
        }
        if (first > ledger.trimmed().entry()) {
            notices.say(
                    Notice.Kind.TRIMMED,
                    "list "
                            + settings.list()
                            + " begins with entry "
                            + first
                            + "; earlier ones are in the spool");
        }
        ledger.trimmedTo(first);
        continueBehind(open, 0);
    }

    private boolean reads(long untilEntries, long budgetBytes) throws IOException {
        ListInput open = Objects.requireNonNull(input);
        state = FollowState.of(FollowState.Kind.FOLLOWING);
        try {
            return readsOn(open, untilEntries, budgetBytes);
        } catch (TailMismatch | ImaLogException e) {
            if (!tailUnproven) {
                throw e;
            }
            realign(open);
            return readsOn(open, untilEntries, budgetBytes);
        }
    }

    private boolean readsOn(ListInput open, long untilEntries, long budgetBytes)
            throws IOException {
        long left = budgetBytes;
        while (tailUnproven || parser.entries() < untilEntries) {
            ByteBuffer bytes = open.read();
            if (!bytes.hasRemaining()) {
                parser.boundary(this::accept);
                if (tailUnproven) {
                    throw new TailMismatch();
                }
                return false;
            }
            left -= bytes.remaining();
            parser.feed(bytes, this::accept);
            if (left <= 0) {
                return true;
            }
        }
        return false;
    }

    private void accept(Entry entry, ByteBuffer raw) throws IOException {
        if (!tailUnproven) {
            ledger.add(entry, raw, parser.format().orElseThrow());
            return;
        }
        Entry expected = ledger.last();
        if (expected == null || !Realign.same(entry, expected)) {
            throw new TailMismatch();
        }
        tailUnproven = false;
    }

    private void startOver() {
        counter.ifPresent(EntryCounter::close);
        ledger.abandon();
        ledger = new Ledger(settings, disk, ledger.incarnation() + 1);
        resume = null;
        tailUnproven = false;
        parser = new ListParser(settings.algorithms());
    }

    private void publish() {
        if (resume == null) {
            view = ledger.publish(settings.clock().instant());
            notices.spoolIs(ledger.spoolState());
        }
        statistics = ledger.statistics(view, state);
    }

    private void release() {
        boolean overflows = ledger.spoolState().kind() != SpoolState.Kind.COMPLETE;
        boolean keep =
                switch (settings.keepOpen()) {
                    case ALWAYS -> true;
                    case NEVER -> false;
                    case AUTO -> overflows || !ImaPaths.hasStaging(settings.list());
                };
        if (!keep) {
            closeInput();
            ledger.releaseList();
        }
    }

    private void closeInput() {
        if (input != null) {
            input.close();
        }
        input = null;
    }

    private void confine() {
        Thread current = Thread.currentThread();
        if (owner == null) {
            owner = current;
        }
        if (!current.equals(owner)) {
            throw new IllegalStateException(
                    "measurement follower: used by " + current + " (expected: " + owner + ")");
        }
    }
}
