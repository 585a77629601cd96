// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The completions of fish, from the model of the command line. */
final class FishCompletion {
    private static final String SEEN = "__fish_seen_subcommand_from ";

    private final StringBuilder out = new StringBuilder();

    String render(CommandLine agent) {
        out.append("# SPDX-License-Identifier: Apache-2.0\n");
        level(agent, "__fish_use_subcommand");
        below(agent, "");
        return out.toString();
    }

    private void below(CommandLine parent, String where) {
        parent.getSubcommands()
                .values()
                .forEach(command -> command(command, where + SEEN + command.getCommandName()));
    }

    private void command(CommandLine command, String here) {
        if (command.getSubcommands().isEmpty()) {
            options(command.getCommandSpec(), here);
            return;
        }
        String names = String.join(" ", command.getSubcommands().keySet());
        level(command, here + "; and not " + SEEN + names);
        below(command, here + "; and ");
    }

    /** What may stand where a command is chosen. */
    private void level(CommandLine parent, String condition) {
        parent.getSubcommands()
                .forEach(
                        (name, line) ->
                                complete(condition)
                                        .append(" -f -a ")
                                        .append(name)
                                        .append(
                                                described(
                                                        line.getCommandSpec()
                                                                .usageMessage()
                                                                .description())));
        options(parent.getCommandSpec(), condition);
    }

    private void options(CommandSpec spec, String condition) {
        for (OptionSpec option : ZshCompletion.shown(spec)) {
            StringBuilder line = complete(condition);
            for (String name : option.names()) {
                line.append(name.startsWith("--") ? " -l " : " -s ")
                        .append(name.replaceAll("^-+", ""));
            }
            line.append(option.arity().max() == 0 ? "" : " -r")
                    .append(described(option.description()));
        }
    }

    private StringBuilder complete(String condition) {
        return out.append("complete -c agent -n '").append(condition).append("'");
    }

    private static String described(String... description) {
        return " -d '" + ZshCompletion.summary(description) + "'\n";
    }
}
