// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.ima.Display;
import attestation.ima.Entry;

import com.fasterxml.jackson.core.JsonGenerator;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

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

        @Option(
                names = "--signed",
                description =
                        "Only files with a signature in the list: their own (sig), an appended one"
                                + " (modsig), or EVM's (evmsig).")
        boolean signed;

        @Option(names = "--unsigned", description = "Only files without.")
        boolean unsigned;

        @Option(
                names = "--path",
                paramLabel = "GLOB",
                description =
                        "Only names like this, as shells have it: * stands for any characters"
                                + " (slashes too), ? for one, [a-z] for one of these, [!a-z] for"
                                + " any other; a backslash takes what follows literally.")
        @Nullable String glob;
    }

    /** After so many lines it is asked whether anybody takes them. */
    private static final int CHECKED_EVERY = 256;

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

    private @Nullable Glob pattern;
    private long shown;

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
            pattern = new Glob(filter.glob);
        }
        if (follow) {
            source.follow((entry, bytes) -> show(entry));
        } else {
            source.read((entry, bytes) -> show(entry));
        }
        console.out().flush();
        return ExitCodes.OK;
    }

    private void show(Entry entry) throws OutputLost {
        if (entry.index() < from || !wanted(entry)) {
            return;
        }
        console.out().print(json ? json(entry) : text(entry));
        shown++;
        if ((follow || shown % CHECKED_EVERY == 0) && console.out().checkError()) {
            throw new OutputLost();
        }
    }

    private boolean wanted(Entry entry) {
        if (filter == null) {
            return true;
        }
        boolean signed = entry.signed();
        return (!filter.violations || entry.violation())
                && (!filter.signed || signed)
                && (!filter.unsigned || !signed)
                && (pattern == null || pattern.matches(entry.name()));
    }

    private static String text(Entry entry) {
        return String.format(
                Locale.ROOT,
                "%7d  %2d  %-9s %s %s %s%n",
                entry.index(),
                entry.pcr(),
                Display.escape(entry.templateName()),
                entry.violation() ? "violation" : digest(entry),
                entry.signed() ? "signed" : "-",
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
                    signature(out, "signature", entry.signature());
                    signature(out, "modsig", entry.field("modsig"));
                    signature(out, "evmsig", entry.field("evmsig"));
                    out.writeStringField("name", Display.escape(entry.name()));
                });
    }

    private static void signature(JsonGenerator out, String name, Optional<byte[]> bytes)
            throws IOException {
        if (bytes.filter(b -> b.length > 0).isPresent()) {
            out.writeStringField(name, HexFormat.of().formatHex(bytes.get()));
        }
    }
}
