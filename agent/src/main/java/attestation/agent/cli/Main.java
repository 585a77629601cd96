// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/** The command {@code agent}. */
public final class Main {
    private final Hooks hooks;
    private final PrintStream out;
    private final PrintStream err;

    /**
     * @param hooks what the daemon provides
     */
    public Main(Hooks hooks, PrintStream out, PrintStream err) {
        this.hooks = hooks;
        this.out = out;
        this.err = err;
    }

    /** Runs the command that the arguments name and ends the process with its exit code. */
    public static void main(String[] arguments) {
        int code = new Main(StandardHooks.hooks(), System.out, System.err).run(arguments);
        OutputStream raw = new FileOutputStream(FileDescriptor.out);
        code = new OutputCheck(System.out, raw, System.err).exitCode(code);
        System.exit(code); // Netty's global executor would keep an ended daemon for a second
    }

    /**
     * Runs the command and returns its exit code; never throws.
     *
     * <p>{@code run} is taken apart here, without picocli: the daemon starts lean.
     */
    public int run(String... arguments) {
        List<String> all = Arrays.asList(arguments);
        boolean help = all.contains("--help") || all.contains("-h");
        try {
            if (!all.isEmpty() && all.getFirst().equals("run") && !help) {
                return hooks.daemon().run(RunArguments.parse(all.subList(1, all.size())).config());
            }
            return CommandLines.of(hooks, out, err).execute(arguments);
        } catch (CliException e) {
            err.println("agent: " + e.getMessage());
            return e.exitCode();
        }
    }
}
