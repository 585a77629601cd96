// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * One pass over a list: the calling thread reads, cuts and extends, workers hash template data.
 *
 * <p>At most {@link #IN_FLIGHT} batches exist, so memory does not follow the list.
 */
final class ReplayPipeline implements AutoCloseable {
    private static final int WORKERS = 2;
    private static final int IN_FLIGHT = 6;
    private static final int PIECE = 1 << 20;

    private final FileChannel channel;
    private final List<BankChain> chains;
    private final HashAlgorithms algorithms;
    private final boolean thorough;
    private final ExecutorService workers =
            Executors.newFixedThreadPool(
                    WORKERS, Thread.ofPlatform().daemon().name("replay-", 0).factory());
    private final BlockingQueue<BatchHasher> hashers = new LinkedBlockingQueue<>();
    private final Deque<Future<EntryBatch>> running = new ArrayDeque<>();
    private final Deque<EntryBatch> free = new ArrayDeque<>();
    private long entries;
    private long violations;

    ReplayPipeline(
            FileChannel channel,
            List<BankChain> chains,
            HashAlgorithms algorithms,
            boolean thorough) {
        this.channel = channel;
        this.chains = chains;
        this.algorithms = algorithms;
        this.thorough = thorough;
        int[] sizes = chains.stream().mapToInt(BankChain::size).toArray();
        for (int i = 0; i < IN_FLIGHT; i++) {
            free.add(new EntryBatch(sizes));
        }
        for (int i = 0; i < WORKERS; i++) {
            hashers.add(new BatchHasher(chains, algorithms));
        }
    }

    /** Replays to the end. */
    FastReplay.Result run() throws IOException, InterruptedException {
        ListFormat format = BinaryFeeder.detect(channel);
        if (thorough || format.encoding() == ListFormat.Encoding.ASCII) {
            format = parse(format);
        } else {
            cut(format);
        }
        while (!running.isEmpty()) {
            free.add(oldest());
        }
        Map<String, FastReplay.Bank> banks = new LinkedHashMap<>();
        for (BankChain chain : chains) {
            FastReplay.Bank bank = chain.result(entries);
            banks.put(bank.bank(), bank);
        }
        return new FastReplay.Result(format, entries, violations, banks);
    }

    private void cut(ListFormat format) throws IOException, InterruptedException {
        BinaryFeeder feeder = new BinaryFeeder(channel, format);
        for (EntryBatch batch = take(); ; batch = take()) {
            feeder.fill(batch);
            if (batch.count == 0) {
                return;
            }
            submit(batch, true);
        }
    }

    private ListFormat parse(ListFormat detected) throws IOException, InterruptedException {
        ListParser parser = new ListParser(algorithms);
        EntryBatch[] open = {take()};
        open[0].clear(detected.hashBytes());
        ListParser.Sink sink =
                (entry, raw) -> {
                    byte[] data = entry.rawData();
                    open[0].add(entry.pcr(), entry.rawHash(), 0, data, 0, data.length);
                    if (open[0].isFull()) {
                        open[0] = exchange(open[0], detected.hashBytes());
                    }
                };
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        while (channel.read(piece.clear()) > 0) {
            parser.feed(piece.flip(), sink);
        }
        parser.finish(sink);
        submit(open[0], false);
        return parser.format().orElse(detected);
    }

    private EntryBatch exchange(EntryBatch full, int hashBytes) throws IOException {
        try {
            submit(full, false);
            EntryBatch next = take();
            next.clear(hashBytes);
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("replay was interrupted", e);
        }
    }

    private EntryBatch take() throws IOException, InterruptedException {
        return free.isEmpty() ? oldest() : free.remove();
    }

    private void submit(EntryBatch batch, boolean prove) {
        running.add(
                workers.submit(
                        () -> {
                            BatchHasher hasher = hashers.take();
                            try {
                                if (hasher.hash(batch, prove) >= 0) {
                                    throw new BinaryFeeder.Irregular();
                                }
                                return batch;
                            } finally {
                                hashers.add(hasher);
                            }
                        }));
    }

    /** Waits for the batch that was submitted first, and extends its entries. */
    private EntryBatch oldest() throws IOException, InterruptedException {
        EntryBatch batch;
        try {
            batch = running.remove().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException("template hashes could not be computed", e);
        }
        for (int bank = 0; bank < chains.size(); bank++) {
            BankChain chain = chains.get(bank);
            for (int i = 0; i < batch.count; i++) {
                chain.extend(
                        entries + i,
                        batch.pcrs[i],
                        batch.violations[i],
                        batch.hashes[bank],
                        i * chain.size());
            }
        }
        for (int i = 0; i < batch.count; i++) {
            violations += batch.violations[i] ? 1 : 0;
        }
        entries += batch.count;
        return batch;
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
