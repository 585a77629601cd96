// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.ima.Display;
import attestation.ima.Entry;

import com.fasterxml.jackson.core.JsonGenerator;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/** {@code agent ima stats}. */
@Command(
        name = "stats",
        description =
                "Counts the entries of a list by template, PCR and hash, violations and signatures,"
                        + " and the twenty directories with the most of them; of this host's list"
                        + " how fast it has grown since boot, too.",
        footerHeading = "%nExample:%n",
        footer = "  agent ima stats --live",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:counted",
            "2:not a list; entry, place and reason are named",
            "64:the command line is not understood"
        })
final class ImaStatsCommand implements Callable<Integer> {
    private static final int NOISIEST = 20;

    /** A list is a stranger's, who may make up any number of directories, templates, hashes. */
    private static final int MAX_KEYS = 200_000;

    private static final int MAX_KEY_CHARS = 16 << 20;

    private static final int WIDEST = 160;
    private static final String OTHERS = "(others)";

    private final Console console;

    @Mixin HelpOption help = new HelpOption();
    @Mixin private ListSource source = new ListSource();

    @Option(names = "--json", description = "Prints the counts as JSON.")
    private boolean json;

    private final Map<String, Long> templates = new TreeMap<>();
    private final Map<String, Long> pcrs = new TreeMap<>();
    private final Map<String, Long> hashes = new TreeMap<>();
    private final Map<String, Long> directories = new TreeMap<>();
    private long entries;
    private long bytes;
    private long violations;
    private long signed;
    private long keyChars;

    ImaStatsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        source.read((entry, raw) -> count(entry));
        console.out().print(json ? json() : text());
        console.out().flush();
        return ExitCodes.OK;
    }

    private void count(Entry entry) {
        entries++;
        bytes += entry.length();
        violations += entry.violation() ? 1 : 0;
        signed += entry.signed() ? 1 : 0;
        add(templates, Display.escape(entry.templateName()));
        add(pcrs, String.valueOf(entry.pcr()));
        entry.digest().ifPresent(digest -> add(hashes, Display.escape(digest.algorithm())));
        directory(entry);
    }

    private void directory(Entry entry) {
        String name = new String(entry.name(), StandardCharsets.ISO_8859_1);
        int slash = name.lastIndexOf('/');
        if (slash < 0) {
            return;
        }
        String directory = slash == 0 ? "/" : name.substring(0, slash);
        add(directories, directory);
    }

    private void add(Map<String, Long> counts, String key) {
        boolean known = counts.containsKey(key);
        boolean room = counts.size() < MAX_KEYS && keyChars + key.length() <= MAX_KEY_CHARS;
        keyChars += !known && room ? key.length() : 0;
        counts.merge(known || room ? key : OTHERS, 1L, Long::sum);
    }

    private Map<String, Long> noisiest() {
        Map<String, Long> top = new LinkedHashMap<>();
        directories.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(NOISIEST)
                .forEach(e -> top.put(shown(e.getKey()), e.getValue()));
        return top;
    }

    private static String shown(String directory) {
        return Display.escape(directory.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A path has up to 4095 bytes; whoever wants them all takes the JSON. */
    private static Map<String, Long> shortened(Map<String, Long> counts) {
        Map<String, Long> result = new LinkedHashMap<>();
        counts.forEach(
                (name, count) ->
                        result.merge(
                                name.length() > WIDEST ? name.substring(0, WIDEST) + "…" : name,
                                count,
                                Long::sum));
        return result;
    }

    private String text() {
        ListGrowth growth = growth();
        StringBuilder text = new StringBuilder();
        text.append(entries + " entries, " + bytes + " bytes, " + violations + " violations, ");
        text.append(signed + " signed\n");
        table(text, "template", templates);
        table(text, "PCR", pcrs);
        table(text, "hash", hashes);
        table(text, "directory", shortened(noisiest()));
        text.append('\n').append(growth.text()).append('\n');
        return text.toString();
    }

    private static void table(StringBuilder text, String title, Map<String, Long> counts) {
        if (counts.isEmpty()) {
            return;
        }
        text.append('\n').append("  entries  ").append(title).append('\n');
        counts.forEach(
                (key, count) -> text.append(String.format(Locale.ROOT, "%9d  %s%n", count, key)));
    }

    private ListGrowth growth() {
        return source.live ? ListGrowth.sinceBoot(entries) : ListGrowth.unknown();
    }

    private String json() {
        ListGrowth growth = growth();
        return JsonLines.object(
                out -> {
                    out.writeNumberField("entries", entries);
                    out.writeNumberField("bytes", bytes);
                    out.writeNumberField("violations", violations);
                    out.writeNumberField("signed", signed);
                    if (growth.perHour().isPresent()) {
                        out.writeNumberField("entries_per_hour", growth.perHour().getAsLong());
                    }
                    table(out, "templates", templates);
                    table(out, "pcrs", pcrs);
                    table(out, "hashes", hashes);
                    table(out, "directories", noisiest());
                });
    }

    private static void table(JsonGenerator out, String name, Map<String, Long> counts)
            throws IOException {
        out.writeObjectFieldStart(name);
        for (Map.Entry<String, Long> count : counts.entrySet()) {
            out.writeNumberField(count.getKey(), count.getValue());
        }
        out.writeEndObject();
    }
}
