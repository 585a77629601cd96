// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.ima.Display;
import attestation.ima.Entry;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/** {@code agent ima show}. */
@Command(
        name = "show",
        description =
                "Prints entries as people read them: number, PCR, template, digest, signature, name."
                        + " Names are escaped.",
        footerHeading = "%nExample:%n",
        footer = "  agent ima show --live --follow --path '/usr/bin/*'",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:shown",
            "2:not a list; entry, place and reason are named",
            "64:the command line is not understood"
        })
final class ImaShowCommand implements Callable<Integer> {
    /** At most one of them. */
    private static final class Filter {
        @Option(names = "--violations", description = "Only violations.")
        boolean violations;

        @Option(names = "--signed", description = "Only files with a signature in the list.")
        boolean signed;

        @Option(names = "--unsigned", description = "Only files without.")
        boolean unsigned;

        @Option(
                names = "--path",
                paramLabel = "GLOB",
                description = "Only names like this; * stands for any characters, ? for one.")
        @Nullable String glob;
    }

    private final Console console;

    @Mixin HelpOption help = new HelpOption();
    @Mixin private ListSource source = new ListSource();

    @Option(
            names = "--from",
            paramLabel = "N",
            defaultValue = "0",
            description = "First entry to show, counted from 0.")
    private long from;

    @Option(names = "--follow", description = "Goes on with what is added, like tail -f.")
    private boolean follow;

    @Option(names = "--json", description = "Prints one JSON object a line.")
    private boolean json;

    @ArgGroup(exclusive = true)
    private @Nullable Filter filter;

    private @Nullable Pattern pattern;

    ImaShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        if (from < 0) {
            throw new CliException(
                    ExitCodes.USAGE, "--from: " + from + " (expected: an entry, from 0)");
        }
        if (filter != null && filter.glob != null) {
            pattern = glob(filter.glob);
        }
        if (follow) {
            source.follow((entry, bytes) -> show(entry));
        } else {
            source.read((entry, bytes) -> show(entry));
        }
        console.out().flush();
        return ExitCodes.OK;
    }

    private void show(Entry entry) {
        if (entry.index() >= from && wanted(entry)) {
            console.out().print(json ? json(entry) : text(entry));
            if (follow) {
                console.out().flush();
            }
        }
    }

    private boolean wanted(Entry entry) {
        if (filter == null) {
            return true;
        }
        boolean signed = entry.signature().isPresent();
        return (!filter.violations || entry.violation())
                && (!filter.signed || signed)
                && (!filter.unsigned || !signed)
                && (pattern == null || pattern.matcher(name(entry)).matches());
    }

    private static String name(Entry entry) {
        return new String(entry.name(), StandardCharsets.ISO_8859_1);
    }

    private static String text(Entry entry) {
        return String.format(
                Locale.ROOT,
                "%7d  %2d  %-9s %s %s %s%n",
                entry.index(),
                entry.pcr(),
                Display.escape(entry.templateName()),
                entry.violation() ? "violation" : digest(entry),
                entry.signature().isPresent() ? "signed" : "-",
                Display.escape(entry.name()));
    }

    private static String digest(Entry entry) {
        return entry.digest().map(Object::toString).orElse("-");
    }

    private static String json(Entry entry) {
        return JsonLines.object(
                out -> {
                    out.writeNumberField("entry", entry.index());
                    out.writeNumberField("pcr", entry.pcr());
                    out.writeStringField("template", Display.escape(entry.templateName()));
                    out.writeStringField(
                            "template_hash", HexFormat.of().formatHex(entry.templateHash()));
                    out.writeBooleanField("violation", entry.violation());
                    out.writeStringField("digest", digest(entry));
                    if (entry.signature().isPresent()) {
                        out.writeStringField(
                                "signature", HexFormat.of().formatHex(entry.signature().get()));
                    }
                    out.writeStringField("name", Display.escape(entry.name()));
                });
    }

    /** Names are bytes: the pattern's are compared with them as such. */
    private static Pattern glob(String glob) {
        String bytes =
                new String(glob.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < bytes.length(); i++) {
            char c = bytes.charAt(i);
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
