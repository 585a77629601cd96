// SPDX-License-Identifier: Apache-2.0
package attestation.agent.evidence;

import attestation.agent.host.Deadline;
import attestation.ima.follow.FollowState;
import attestation.ima.follow.ListStatistics;
import attestation.ima.follow.LogView;
import attestation.ima.follow.MeasurementFollower;
import attestation.ima.follow.Notice;
import attestation.ima.follow.Progress;
import attestation.systemd.Heartbeat;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * The one thread that owns the measurement list: it drains what the kernel added in the background,
 * so that a request finds the entries there, and lends itself to requests in between.
 *
 * <p>All methods are for any thread but the log thread itself.
 */
final class LogService {
    private static final Logger LOG = LoggerFactory.getLogger(LogService.class);

    /** A slice of work after which others get the thread: a catch-up of millions takes many. */
    private static final long BUDGET_BYTES = 1 << 20;

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

    private final Path list;
    private final ListMarks marks;
    private final Supplier<MeasurementFollower> opener;
    private final Pace pace;
    private final InstantSource clock;
    private final Heartbeat heartbeat;
    private final WorkThread thread;
    private @Nullable MeasurementFollower follower;
    private OptionalLong shrunkTo = OptionalLong.empty();
    private Optional<LogReport.Event> event = Optional.empty();
    private volatile Optional<String> replaced = Optional.empty();
    private volatile boolean resumed;
    private volatile @Nullable Seen seen;
    private volatile @Nullable LogReport report;

    /** The list as it was drained, and what it looked like from outside just before that. */
    private record Seen(ListMarks.Mark mark, Listed listed) {}

    /**
     * @param count the kernel's count of entries, where there is one
     * @param opener opens the follower; called on the log thread
     * @param poll how often to look while nobody asks and entries are added
     * @param whenItDies told when the thread ends by a defect
     */
    LogService(
            Path list,
            Optional<Path> count,
            Supplier<MeasurementFollower> opener,
            Duration poll,
            InstantSource clock,
            Heartbeat heartbeat,
            Thread.UncaughtExceptionHandler whenItDies) {
        this.list = list;
        this.marks = new ListMarks(list, count);
        this.opener = opener;
        this.pace = new Pace(poll);
        this.clock = clock;
        this.heartbeat = heartbeat;
        this.thread = new WorkThread("log", heartbeat, new Background(), whenItDies);
    }

    /** Begins to follow; returns at once. */
    void start() {
        thread.start();
    }

    /** Ends the following; the spool stays for the next start. */
    void stop() throws InterruptedException {
        if (!thread.stop(STOP_PATIENCE)) {
            LOG.warn(
                    "measurement list is still being read after {} ms, left behind list={}",
                    STOP_PATIENCE.toMillis(),
                    list);
        }
    }

    /** How it goes; empty before the first drain. */
    Optional<LogReport> report() {
        return Optional.ofNullable(report);
    }

    /** Whether the spool of an earlier run was taken up, and nothing has proven it yet. */
    boolean resumed() {
        return resumed;
    }

    /** A quote agrees with the list: the spool is what it should be. */
    void proven() {
        resumed = false;
        replaced = Optional.empty();
    }

    /** Drops the spool and reads the kernel's list from its beginning. */
    void rebuild(String why, Deadline deadline) throws EvidenceException, InterruptedException {
        thread.ask(
                () -> {
                    MeasurementFollower open = open();
                    open.rebuild(why);
                    seen = null;
                    resumed = false;
                    publish(open, 0);
                    return true;
                },
                deadline);
    }

    /**
     * How many entries the kernel lists now, once everything older was drained.
     *
     * @throws EvidenceException when the catch-up does not end before the deadline
     */
    Listed listed(Deadline deadline) throws EvidenceException, InterruptedException {
        Seen last = seen;
        if (last != null && marks.now().filter(last.mark()::equals).isPresent()) {
            return last.listed();
        }
        while (true) {
            Listed listed = thread.ask(this::listNow, deadline);
            if (listed.caughtUp()) {
                return listed;
            }
        }
    }

    /**
     * Drains what the kernel added and looks at the result, in one turn on the log thread.
     *
     * @param atLeast entries that are known to be there
     */
    <T> T drained(long atLeast, Look<T> look, Deadline deadline)
            throws EvidenceException, InterruptedException {
        return thread.ask(
                () -> {
                    MeasurementFollower open = open();
                    Optional<ListMarks.Mark> mark = marks.now();
                    OptionalLong count = open.kernelCount();
                    long until = Math.max(atLeast, count.orElse(Long.MAX_VALUE));
                    drain(open, until, Long.MAX_VALUE);
                    settled(open, mark, count);
                    return look.at(open.view(), open.statistics());
                },
                deadline);
    }

    /** Has this done on the log thread some time, if there is room for it. */
    void tell(Callable<?> note) {
        thread.tell(note);
    }

    /** What is done with a view on the log thread. */
    @FunctionalInterface
    interface Look<T> {
        T at(LogView view, ListStatistics statistics) throws IOException;
    }

    /**
     * The list before a quote.
     *
     * @param entries listed by the kernel at this moment
     * @param caughtUp whether what was listed earlier is drained, or cannot be
     * @param readable whether there is a list to serve
     * @param view what of it was read
     */
    record Listed(long entries, boolean caughtUp, boolean readable, LogView view) {}

    private Listed listNow() {
        MeasurementFollower open = open();
        Optional<ListMarks.Mark> mark = marks.now();
        OptionalLong count = open.kernelCount();
        long known = open.view().entries();
        boolean more = false;
        if (count.isEmpty() || known < count.getAsLong() || !isFollowing(open)) {
            more = drain(open, count.orElse(Long.MAX_VALUE), BUDGET_BYTES).more();
        }
        if (!more) {
            settled(open, mark, count);
        }
        boolean readable = isServable(open.statistics().state().kind(), open.view());
        long listed = readable ? Math.max(open.view().entries(), count.orElse(0)) : 0;
        return new Listed(listed, !more, readable, open.view());
    }

    /**
     * All that was listed before {@code mark} is drained: as long as the list looks like that,
     * requests need not come to this thread to learn what is there.
     */
    private void settled(
            MeasurementFollower open, Optional<ListMarks.Mark> mark, OptionalLong count) {
        LogView view = open.view();
        boolean whole = isFollowing(open) && view.entries() >= count.orElse(0);
        Listed listed = new Listed(view.entries(), true, true, view);
        seen = whole && mark.isPresent() ? new Seen(mark.get(), listed) : null;
    }

    private static boolean isFollowing(MeasurementFollower open) {
        return open.statistics().state().kind() == FollowState.Kind.FOLLOWING;
    }

    private static boolean isServable(FollowState.Kind state, LogView view) {
        return switch (state) {
            case FOLLOWING, RESUMING, NEW -> true;
            case BUSY, BROKEN, UNREADABLE, ABSENT -> view.entries() > 0;
        };
    }

    private MeasurementFollower open() {
        MeasurementFollower open = follower;
        if (open == null) {
            open = opener.get();
            follower = open;
        }
        return open;
    }

    /** The kernel walks its list for each read: however long that takes, it is not our loop. */
    private Progress drain(MeasurementFollower open, long until, long budget) {
        Progress progress;
        long before = open.view().entries();
        try (var _ = heartbeat.waitingOn("measurement list")) {
            progress = open.drain(until, budget);
        }
        publish(open, before);
        return progress;
    }

    private void publish(MeasurementFollower open, long before) {
        for (Notice notice : open.takeNotices()) {
            if (notice.kind() == Notice.Kind.REPLACED) {
                long now = open.view().entries();
                replaced =
                        Optional.of(
                                "%s (%d entries were read before, it has %d)"
                                        .formatted(notice.text(), before, now));
            }
            resumed |= notice.kind() == Notice.Kind.RESUMED;
            event = Optional.of(new LogReport.Event(clock.instant(), notice));
            if (notice.kind() == Notice.Kind.RESUMED) {
                LOG.info("measurement list event={} {}", notice.kind(), notice.text());
            } else {
                LOG.warn("measurement list event={} {}", notice.kind(), notice.text());
            }
        }
        boolean counted = open.kernelCount().isPresent();
        report = new LogReport(open.statistics(), counted, shrunkTo, replaced, event);
    }

    /** What the thread does while nobody asks. */
    private final class Background implements WorkThread.Turns {
        @Override
        public Duration turn() {
            MeasurementFollower open = open();
            OptionalLong count = open.kernelCount();
            long known = open.view().entries();
            boolean more = false;
            if (count.isEmpty()
                    || count.getAsLong() != known
                    || !isFollowing(open)
                    || isOrdinaryOrGone()) {
                more = drain(open, count.orElse(Long.MAX_VALUE), BUDGET_BYTES).more();
            }
            noteShrinking(open, count, known);
            publish(open, known);
            boolean news = open.view().entries() != known || !isFollowing(open);
            return more ? Duration.ZERO : pace.after(news);
        }

        /** What was read before the count was must be counted; a kernel's list never shrinks. */
        private void noteShrinking(MeasurementFollower open, OptionalLong count, long known) {
            boolean fewer = count.isPresent() && count.getAsLong() < known;
            boolean still = fewer && open.view().entries() >= known;
            OptionalLong now = still ? open.kernelCount() : OptionalLong.empty();
            boolean shrunk = now.isPresent() && now.getAsLong() < known;
            if (shrunk && shrunkTo.isEmpty()) {
                LOG.error(
                        "measurement list shrank list={} entries={} before={}",
                        list,
                        now.getAsLong(),
                        known);
            }
            shrunkTo = shrunk ? now : OptionalLong.empty();
        }

        /** A list that is an ordinary file can be replaced without its count telling. */
        private boolean isOrdinaryOrGone() {
            try {
                return Files.size(list) > 0;
            } catch (IOException e) {
                return true;
            }
        }

        @Override
        public void end() {
            MeasurementFollower open = follower;
            if (open != null) {
                open.close();
            }
        }
    }
}
