// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;

/**
 * Replays a whole list file as fast as the machine allows: template hashes on all cores, the PCR
 * chain on one; of binary lists nothing is allocated per entry.
 *
 * <p>What is proven and refused is the same as with {@link ListParser}.
 */
public final class FastReplay {
    private final HashAlgorithms algorithms;

    public FastReplay(HashAlgorithms algorithms) {
        this.algorithms = algorithms;
    }

    /**
     * What one bank's PCRs are after the list.
     *
     * @param bank kernel's name of the hash
     * @param mode how the kernel extends, as far as expected values or the list of this very bank
     *     tell; else {@link ReplayMode#HASH}
     * @param values of every PCR that the list extends, and of those expected
     * @param agreements for each expected PCR
     */
    public record Bank(
            String bank,
            ReplayMode mode,
            SortedMap<Integer, byte[]> values,
            SortedMap<Integer, Agreement> agreements) {
        /** Whether every expected value is the one after the whole list. */
        public boolean agrees() {
            return agreements.values().stream().allMatch(Agreement::atEnd);
        }
    }

    /**
     * How an expected value compares.
     *
     * @param atEnd whether it is the value after the whole list
     * @param lastEntries length of the longest prefix after which the PCR has this value
     */
    public record Agreement(boolean atEnd, OptionalLong lastEntries) {}

    /**
     * A whole list.
     *
     * @param format what it is written in
     * @param entries number of entries
     * @param violations how many of them are violations
     * @param banks by name, in the order asked for
     */
    public record Result(
            ListFormat format, long entries, long violations, Map<String, Bank> banks) {
        /** Whether all expected values are those after the whole list. */
        public boolean agrees() {
            return banks.values().stream().allMatch(Bank::agrees);
        }
    }

    /**
     * Replays {@code list} in these banks.
     *
     * <p>A bank whose own list this is is extended as its template hashes show.
     *
     * @param expected by bank and PCR; where one is not reached, the other ways in which kernels
     *     extend a bank are tried as well
     * @throws ImaLogException when it is not a list from some entry on
     * @throws IllegalArgumentException when a bank's hash is not available
     */
    public Result replay(
            Path list,
            Collection<String> banks,
            Map<String, ? extends Map<Integer, byte[]>> expected)
            throws IOException, InterruptedException {
        PaddedList shown = PaddedList.of(list, algorithms);
        Map<String, ReplayMode> first = new LinkedHashMap<>();
        for (String bank : banks) {
            String name = HashAlgorithms.canonical(bank);
            first.put(name, shown.mode(name, algorithms));
        }
        Result best = pass(list, first, expected);
        for (ReplayMode mode : ReplayMode.values()) {
            Map<String, ReplayMode> open = open(best, first, mode);
            if (!open.isEmpty()) {
                best = better(best, pass(list, open, expected));
            }
        }
        return best;
    }

    /** The banks that do not come to their values yet, to be extended in another way than first. */
    private static Map<String, ReplayMode> open(
            Result result, Map<String, ReplayMode> first, ReplayMode mode) {
        Map<String, ReplayMode> open = new LinkedHashMap<>();
        for (Bank bank : result.banks().values()) {
            boolean other = first.get(bank.bank()) != mode;
            if (other && !bank.agrees() && !bank.bank().equals("sha1")) {
                open.put(bank.bank(), mode);
            }
        }
        return open;
    }

    private static Result better(Result known, Result other) {
        Map<String, Bank> banks = new LinkedHashMap<>(known.banks());
        other.banks()
                .forEach(
                        (name, bank) ->
                                banks.merge(name, bank, (a, b) -> reach(b) > reach(a) ? b : a));
        return new Result(known.format(), known.entries(), known.violations(), banks);
    }

    private static long reach(Bank bank) {
        if (bank.agrees()) {
            return Long.MAX_VALUE;
        }
        return bank.agreements().values().stream().mapToLong(a -> a.lastEntries().orElse(-1)).sum();
    }

    private Result pass(
            Path list,
            Map<String, ReplayMode> banks,
            Map<String, ? extends Map<Integer, byte[]>> expected)
            throws IOException, InterruptedException {
        try {
            return pass(list, banks, expected, false);
        } catch (BinaryFeeder.Irregular e) {
            return pass(list, banks, expected, true);
        }
    }

    private Result pass(
            Path list,
            Map<String, ReplayMode> banks,
            Map<String, ? extends Map<Integer, byte[]>> expected,
            boolean thorough)
            throws IOException, InterruptedException {
        List<BankChain> chains = new ArrayList<>();
        banks.forEach(
                (bank, mode) ->
                        chains.add(
                                new BankChain(bank, mode, algorithms, expectedOf(bank, expected))));
        try (FileChannel channel = FileChannel.open(list, StandardOpenOption.READ);
                ReplayPipeline pipeline =
                        new ReplayPipeline(channel, chains, algorithms, thorough)) {
            return pipeline.run();
        }
    }

    private static Map<Integer, byte[]> expectedOf(
            String bank, Map<String, ? extends Map<Integer, byte[]>> expected) {
        Map<Integer, byte[]> found = new java.util.TreeMap<>();
        expected.forEach(
                (name, values) -> {
                    if (HashAlgorithms.canonical(name).equals(bank)) {
                        values.forEach(
                                (pcr, value) -> found.put(pcr, Arrays.copyOf(value, value.length)));
                    }
                });
        return found;
    }
}
