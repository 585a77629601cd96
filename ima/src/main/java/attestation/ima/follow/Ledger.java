// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import attestation.ima.Entry;
import attestation.ima.ListFormat;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Optional;

/**
 * What was read of one list: its spool, its counts, its last entry, how much of its head the kernel
 * has dropped. Confined to the follower's thread.
 */
final class Ledger {
    private final FollowerSettings settings;
    private final Disk disk;
    private final long incarnation;
    private Tally tally = new Tally();
    private @Nullable Spool spool;
    private @Nullable Entry last;
    private int lastSourceLength;
    private byte[] lastSource = new byte[0];
    private boolean lastSourceKept;
    private SpoolIndex.Place trimmed = SpoolIndex.START;

    Ledger(FollowerSettings settings, Disk disk, long incarnation) {
        this.settings = settings;
        this.disk = disk;
        this.incarnation = incarnation;
    }

    /**
     * Finds the spool of an earlier run of this boot; null, with a reason said, when it is of no
     * use.
     *
     * @param chunk room for reading it
     */
    @Nullable SpoolResume findSpool(Notices notices, ByteBuffer chunk) {
        SpoolFile file = null;
        try {
            file = disk.spool().open(false);
            Optional<SpoolHeader> header = SpoolHeader.read(file);
            if (header.isPresent() && header.get().boot().agreesWith(settings.boot())) {
                Spool found = newSpool(file, header.get().source());
                spool = found;
                return new SpoolResume(found, tally, settings.algorithms(), chunk);
            }
            notices.say(
                    Notice.Kind.REBUILT, "spool is of another boot or form; a new one is written");
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            notices.say(
                    Notice.Kind.REBUILT,
                    "spool cannot be read: " + e.getMessage() + "; a new one is written");
        }
        if (file != null) {
            file.close();
        }
        return null;
    }

    /** Takes over what the resumed spool holds; false when that is nothing. */
    boolean takeUp(SpoolResume done) {
        Spool current = spool;
        Entry found = done.last();
        if (current == null || found == null) {
            return false;
        }
        last = found;
        lastSourceLength = current.form().sourceLength(found);
        return true;
    }

    /** Adds the entry; begins the spool with the first one. */
    void add(Entry entry, ByteBuffer raw, ListFormat format) throws IOException {
        Spool current = spool;
        if (current == null) {
            current = startSpool(format);
        }
        keepSource(raw);
        current.append(entry, current.form().text(entry, raw));
        tally.add(entry);
        last = entry;
        lastSourceLength = entry.length();
    }

    private void keepSource(ByteBuffer raw) {
        int length = raw.remaining();
        if (length > lastSource.length) {
            lastSource = new byte[Math.max(length, 2 * lastSource.length)];
        }
        raw.get(raw.position(), lastSource, 0, length);
        lastSourceKept = true;
    }

    /** Whether these are the last entry's bytes in the kernel's list; false where not known. */
    boolean isLastSource(ByteBuffer bytes) {
        return lastSourceKept
                && bytes.remaining() == lastSourceLength
                && bytes.equals(ByteBuffer.wrap(lastSource, 0, lastSourceLength));
    }

    /** Entries beyond the spool cannot be compared with; they are forgotten, to be read again. */
    void forgetOverflow() throws IOException {
        Spool current = spool();
        long before = current.end().entry();
        current.forgetOverflow();
        if (current.end().entry() == before) {
            return;
        }
        tally = new Tally();
        last = null;
        lastSourceKept = false;
        EntryCursor cursor = current.view().entriesFrom(0);
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            tally.add(entry);
            last = entry;
        }
        lastSourceLength = last == null ? 0 : current.form().sourceLength(last);
    }

    /** The kernel's list begins with this entry now. */
    void trimmedTo(long entry) throws IOException {
        Spool current = spool();
        trimmed = current.view().placeOfEntry(entry, current.form()::sourceLength);
        current.storage().overflow().trimmedTo(trimmed.source());
    }

    LogView publish(Instant now) {
        Spool current = spool;
        if (current == null) {
            return emptyView();
        }
        current.publish(now);
        return current.view();
    }

    void grewAt(Instant now) {
        tally.grewAt(now);
    }

    ListStatistics statistics(LogView view, FollowState state) {
        Spool current = spool;
        return new ListStatistics(
                view.entries(),
                view.lines(),
                tally.violations(),
                tally.bootAggregates(),
                tally.templates(),
                tally.pcrs(),
                tally.firstEntry(),
                tally.lastGrowth(),
                view.bytes(),
                current == null ? 0 : current.storage().spooled().offset(),
                trimmed.entry(),
                state,
                spoolState());
    }

    boolean isEmpty() {
        return entries() == 0;
    }

    long entries() {
        return spool == null ? 0 : spool.end().entry();
    }

    Spool spool() {
        return java.util.Objects.requireNonNull(spool, "no entry was read yet");
    }

    SpoolState spoolState() {
        return spool == null ? SpoolState.COMPLETE : spool.state();
    }

    @Nullable Entry last() {
        return last;
    }

    /** Length of the last entry in the kernel's list. */
    int lastSourceLength() {
        return lastSourceLength;
    }

    /** Where the list begins now. */
    SpoolIndex.Place trimmed() {
        return trimmed;
    }

    long incarnation() {
        return incarnation;
    }

    /** Views that read the kernel's list open it anew: it is another file now, or to be let go. */
    void releaseList() {
        if (spool != null) {
            spool.storage().overflow().letGo();
        }
    }

    /**
     * Another list is there: readers of old views keep the spool file, but get nothing from the
     * kernel.
     */
    void abandon() {
        if (spool != null) {
            spool.storage().overflow().close();
        }
    }

    void close() {
        if (spool != null) {
            spool.close();
        }
    }

    private Spool startSpool(ListFormat format) {
        SpoolFile file = null;
        IOException failure = null;
        try {
            file = disk.spool().open(true);
        } catch (IOException e) {
            failure = e;
        }
        Spool started = newSpool(file, format);
        started.begin(settings.boot(), failure);
        spool = started;
        return started;
    }

    private Spool newSpool(@Nullable SpoolFile file, ListFormat format) {
        SourceForm form = new SourceForm(format, settings.algorithms());
        return new Spool(
                new Storage(file, overflow(form)),
                form,
                settings.algorithms(),
                settings.spoolCapBytes(),
                incarnation);
    }

    private LogView emptyView() {
        ListFormat text = ListFormat.asciiSha1(ByteOrder.LITTLE_ENDIAN);
        Storage none = new Storage(null, overflow(new SourceForm(text, settings.algorithms())));
        return new LogView(
                new SpoolIndex().snapshot(), none, text, settings.algorithms(), incarnation);
    }

    private OverflowReader overflow(SourceForm form) {
        boolean keep = settings.keepOpen() != KeepOpen.NEVER;
        return new OverflowReader(settings.list(), disk.list(), keep, form, settings.algorithms());
    }
}
