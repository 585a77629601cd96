// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The completions of fish, from the model of the command line. */
final class FishCompletion {
    private final StringBuilder out = new StringBuilder();

    String render(CommandLine agent) {
        out.append("# SPDX-License-Identifier: Apache-2.0\n");
        commands(agent, "__fish_use_subcommand");
        agent.getSubcommands().values().forEach(this::command);
        return out.toString();
    }

    private void command(CommandLine command) {
        String here = "__fish_seen_subcommand_from " + command.getCommandName();
        if (command.getSubcommands().isEmpty()) {
            options(command.getCommandSpec(), here);
            return;
        }
        String below = String.join(" ", command.getSubcommands().keySet());
        commands(command, here + "; and not __fish_seen_subcommand_from " + below);
        command.getSubcommands()
                .values()
                .forEach(
                        sub ->
                                options(
                                        sub.getCommandSpec(),
                                        here
                                                + "; and __fish_seen_subcommand_from "
                                                + sub.getCommandName()));
    }

    private void commands(CommandLine parent, String condition) {
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
    }

    private void options(CommandSpec spec, String condition) {
        for (OptionSpec option : spec.options()) {
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
