// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.status.Health;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/** {@code agent status}. */
@Command(
        name = "status",
        description = "Asks the running agent how it fares: one screen, the verdict last.",
        footerHeading = "%nExample:%n",
        footer = "  agent status --json | jq .verdict",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:healthy; with --history: told",
            "1:degraded: it answers, but something needs attention",
            "2:failing",
            "3:not running",
            "4:not permitted; the message names the group to join",
            "64:the command line is not understood",
            "78:the configuration cannot be used"
        })
final class StatusCommand implements Callable<Integer> {
    private static final long WATCH_MILLIS = 2000;

    private final Console console;
    private final StatusSource source;
    private final Pause pause;

    @Mixin HelpOption help = new HelpOption();
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "The agent's socket; standard: as configured.")
    private @Nullable Path socket;

    @Option(names = "--json", description = "Prints what the agent answers, for programs.")
    private boolean json;

    @Option(names = "--watch", description = "Shows it again every two seconds, until interrupted.")
    private boolean watch;

    @Option(
            names = "--history",
            description = "Tells what changed and when instead, across restarts, newest last.")
    private boolean history;

    /** Waits between two looks. */
    @FunctionalInterface
    interface Pause {
        void millis(long millis) throws InterruptedException;
    }

    StatusCommand(Console console, StatusSource source, Pause pause) {
        this.console = console;
        this.source = source;
        this.pause = pause;
    }

    @Override
    public Integer call() throws CliException, InterruptedException {
        Path path = socket == null ? ConfigReader.socket(config.file()) : socket;
        if (history) {
            console.out().print(source.history(path, json));
            console.out().flush();
            return 0;
        }
        Health health = show(path);
        while (watch) {
            pause.millis(WATCH_MILLIS);
            console.out().print(json ? "" : "\u001b[H\u001b[2J");
            health = showAgain(path);
        }
        return switch (health) {
            case OK -> 0;
            case DEGRADED -> 1;
            case FAILING -> 2;
        };
    }

    /** An agent that was there and is being restarted, as by an upgrade, is waited for. */
    private Health showAgain(Path path) throws CliException {
        try {
            return show(path);
        } catch (CliException e) {
            if (e.exitCode() != ExitCodes.NOT_RUNNING) {
                throw e;
            }
            console.error(e.getMessage() + "; still watching");
            return Health.FAILING;
        }
    }

    private Health show(Path path) throws CliException {
        StatusSource.View view = source.fetch(path);
        console.out().print(json ? view.json() : view.text());
        console.out().flush();
        return view.health();
    }
}
