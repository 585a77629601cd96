// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The completion function {@code _agent} of zsh, from the model of the command line. */
final class ZshCompletion {
    private final StringBuilder out = new StringBuilder();

    String render(CommandLine agent) {
        out.append("#compdef agent\n# SPDX-License-Identifier: Apache-2.0\n\n");
        function(agent.getCommandSpec());
        out.append(name(agent.getCommandSpec())).append(" \"$@\"\n");
        return out.toString();
    }

    private void function(CommandSpec spec) {
        spec.subcommands().values().forEach(below -> function(below.getCommandSpec()));
        out.append(name(spec)).append("() {\n");
        if (spec.subcommands().isEmpty()) {
            out.append("    _arguments");
            shown(spec).forEach(this::option);
            if (!spec.positionalParameters().isEmpty()) {
                out.append(" \\\n        '*:").append("argument:_files'");
            }
            out.append('\n');
        } else {
            group(spec.subcommands(), spec);
        }
        out.append("}\n\n");
    }

    private void group(Map<String, CommandLine> commands, CommandSpec spec) {
        out.append("    local -a commands options\n    options=(\n");
        shown(spec).forEach(this::optionOfGroup);
        out.append("    )\n    commands=(\n");
        commands.forEach(
                (command, line) ->
                        out.append("        '")
                                .append(command)
                                .append(':')
                                .append(summary(line.getCommandSpec().usageMessage().description()))
                                .append("'\n"));
        out.append("    )\n    if (( CURRENT == 2 )); then\n");
        out.append("        _describe -t commands command commands\n");
        out.append("        _describe -o option options\n    else\n");
        out.append("        shift words\n        (( CURRENT-- ))\n        case $words[1] in\n");
        commands.forEach(
                (command, line) ->
                        out.append("            ")
                                .append(command)
                                .append(") ")
                                .append(name(line.getCommandSpec()))
                                .append(" ;;\n"));
        out.append("        esac\n    fi\n");
    }

    private void optionOfGroup(OptionSpec option) {
        for (String name : option.names()) {
            out.append("        '")
                    .append(name)
                    .append(':')
                    .append(summary(option.description()))
                    .append("'\n");
        }
    }

    /** The options that people are told of. */
    static List<OptionSpec> shown(CommandSpec spec) {
        return spec.options().stream().filter(option -> !option.hidden()).toList();
    }

    private void option(OptionSpec option) {
        for (String name : option.names()) {
            String value =
                    option.arity().max() == 0
                            ? ""
                            : ":" + option.paramLabel().toLowerCase(Locale.ROOT) + ":_files";
            out.append(" \\\n        '")
                    .append(name)
                    .append('[')
                    .append(summary(option.description()))
                    .append(']')
                    .append(value)
                    .append('\'');
        }
    }

    private static String name(CommandSpec spec) {
        return "_" + spec.qualifiedName("_").replace('-', '_');
    }

    /** The first sentence, without what zsh would read. */
    static String summary(String... description) {
        String first = description.length == 0 ? "" : description[0];
        return first.split("[;.:](\\s|$)", 2)[0].replaceAll("[\\[\\]'\\\\]", "");
    }
}
