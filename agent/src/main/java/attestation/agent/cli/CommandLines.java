// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.config.Nearest;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds the tree of commands, and says what is wrong in one voice. */
final class CommandLines {
    private CommandLines() {}

    static CommandLine of(Hooks hooks, PrintStream out, PrintStream err) {
        Console console = new Console(out, err);
        CommandLine root = new CommandLine(new RootCommand(console));
        root.addSubcommand(new RunCommand());
        root.addSubcommand(new StatusCommand(console, hooks.status(), Thread::sleep));
        CommandLine identity =
                new CommandLine(new IdentityCommand(console, hooks.identity()))
                        .addSubcommand(new IdentityResetCommand(console, hooks.identity()));
        root.addSubcommand(identity);
        root.addSubcommand(new VerifyCommand(console));
        root.addSubcommand(
                new CommandLine(new GroupCommands.Ima())
                        .addSubcommand(new ImaReplayCommand(console))
                        .addSubcommand(new ImaShowCommand(console))
                        .addSubcommand(new ImaStatsCommand(console))
                        .addSubcommand(new ImaVerifyCommand(console))
                        .addSubcommand(new ImaSignCommand(console))
                        .addSubcommand(new ImaSetupCommand(console))
                        .addSubcommand(
                                new CommandLine(new GroupCommands.ImaPolicy())
                                        .addSubcommand(new ImaPolicyCheckCommand(console))));
        root.addSubcommand(
                new CommandLine(new GroupCommands.Tpm())
                        .addSubcommand(new TpmInfoCommand(console))
                        .addSubcommand(new TpmEventLogCommand(console))
                        .addSubcommand(new TpmQuoteCommand(console)));
        root.addSubcommand(
                new CommandLine(new GroupCommands.Config())
                        .addSubcommand(new ConfigShowCommand(console))
                        .addSubcommand(new ConfigCheckCommand(console)));
        root.addSubcommand(new PolicyEntriesCommand(console));
        root.addSubcommand(new MigrateCommand(console));
        root.addSubcommand(new DoctorCommand(console));
        root.addSubcommand(new VersionCommand(console));
        root.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
        root.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
        root.setUsageHelpAutoWidth(false);
        root.setUsageHelpWidth(100);
        root.setParameterExceptionHandler((e, arguments) -> wrongUsage(e, console));
        root.setExecutionExceptionHandler((e, line, result) -> failed(e, console));
        return root;
    }

    private static int wrongUsage(ParameterException e, Console console) {
        CommandSpec spec = e.getCommandLine().getCommandSpec();
        String name = spec.qualifiedName();
        Optional<String> unknown = unknownCommand(e);
        if (unknown.isPresent()) {
            Optional<String> nearest =
                    Nearest.to(unknown.get(), e.getCommandLine().getSubcommands().keySet());
            console.error(
                    "unknown command: "
                            + Terminal.escape(name.substring("agent".length()).strip())
                            + (spec.parent() == null ? "" : " ")
                            + Terminal.escape(unknown.get())
                            + nearest.map(near -> " (nearest: " + near + ")").orElse("")
                            + "; "
                            + name
                            + " --help lists all");
        } else {
            console.error(
                    Terminal.escape(String.valueOf(e.getMessage())) + "; see " + name + " --help");
        }
        return ExitCodes.USAGE;
    }

    private static Optional<String> unknownCommand(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched
                && !e.getCommandLine().getSubcommands().isEmpty()) {
            List<String> words = new ArrayList<>(unmatched.getUnmatched());
            return words.stream().findFirst().filter(word -> !word.startsWith("-"));
        }
        return Optional.empty();
    }

    private static int failed(Exception e, Console console) {
        if (e instanceof CliException known) {
            console.error(String.valueOf(known.getMessage()));
            return known.exitCode();
        }
        console.error("a defect of this program: " + Terminal.escape(e.toString()));
        return ExitCodes.SOFTWARE;
    }
}
