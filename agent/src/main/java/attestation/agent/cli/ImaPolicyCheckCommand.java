// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.integrity.HostFiles;
import attestation.agent.integrity.KernelFacts;
import attestation.agent.integrity.PolicyNeeds;
import attestation.config.Nearest;
import attestation.ima.Display;
import attestation.ima.policy.Access;
import attestation.ima.policy.Advice;
import attestation.ima.policy.Coverage;
import attestation.ima.policy.Policy;
import attestation.ima.policy.PolicyParser;
import attestation.ima.policy.Problem;
import attestation.ima.policy.Rule;
import attestation.ima.policy.Simulation;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code agent ima policy check}. */
@Command(
        name = "check",
        description = {
            "Reads an IMA policy as the kernel does: what it refuses, with line and nearest word;"
                    + " what only other kernels accept; what the policy leaves unmeasured.",
            "With --explain: which rule decides about a file. Nothing is changed or loaded."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  agent ima policy check /etc/ima/ima-policy",
            "  agent ima policy check --loaded --explain /usr/bin/ls --func BPRM_CHECK",
            "  agent ima policy check p --explain .ima --func KEY_CHECK"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the kernel accepts it; there may be warnings",
            "1:it refuses at least one line, and with it the whole policy",
            "64:the command line is not understood",
            "69:the policy cannot be read"
        })
final class ImaPolicyCheckCommand implements Callable<Integer> {
    private static final int REFUSED = 1;
    private static final String LOADED = "/sys/kernel/security/ima/policy";

    private final Console console;

    @Mixin HelpOption help = new HelpOption();
    @Mixin private AccessOptions access = new AccessOptions();

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The policy.")
    private @Nullable Path file;

    @Option(
            names = "--loaded",
            description =
                    "The policy that the kernel has loaded; needs root and a kernel with"
                            + " CONFIG_IMA_READ_POLICY.")
    private boolean loaded;

    ImaPolicyCheckCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        if (loaded == (file != null)) {
            throw new CliException(
                    ExitCodes.USAGE, "policy: missing (expected: FILE, or --loaded alone)");
        }
        Path path = file == null ? Path.of(LOADED) : file;
        byte[] bytes = bytes(path);
        Policy policy = loaded ? PolicyParser.parse(bytes) : PolicyParser.parseFile(bytes);
        policy.problems().forEach(problem -> problem(path, problem));
        if (!policy.problems().isEmpty()) {
            return REFUSED;
        }
        if (access.asked()) {
            explain(policy, access.access());
        } else {
            overview(path, policy);
        }
        return ExitCodes.OK;
    }

    private byte[] bytes(Path path) throws CliException {
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(PolicyParser.MAX_BYTES + 1);
        } catch (IOException e) {
            String next =
                    loaded
                            ? "; root may read it when the kernel has CONFIG_IMA_READ_POLICY, see"
                                    + " agent doctor policy-loaded"
                            : "";
            throw new CliException(ExitCodes.UNAVAILABLE, ListSource.unreadable(path, e) + next);
        }
    }

    private void problem(Path path, Problem problem) {
        String nearest =
                Nearest.to(problem.word(), problem.known())
                        .filter(word -> !problem.word().isEmpty())
                        .map(word -> "; nearest: " + word)
                        .orElse("");
        console.error(at(path, problem.line()) + problem.message() + nearest);
    }

    private static String at(Path path, int line) {
        return ListSource.shown(path) + (line == 0 ? ": " : ":" + line + ": ");
    }

    private void overview(Path path, Policy policy) {
        HostFiles files = new HostFiles(Path.of("/"));
        KernelFacts kernel = KernelFacts.of(files);
        print(ListSource.shown(path) + ": " + policy.rules().size() + " rules, accepted");
        PolicyNeeds.unmet(policy, kernel, files)
                .forEach(
                        unmet ->
                                print(
                                        "warning: "
                                                + at(path, unmet.line())
                                                + unmet
                                                + " (this one: "
                                                + kernel.release().orElse("unknown")
                                                + ")"));
        Advice.about(policy)
                .forEach(note -> print("warning: " + at(path, note.line()) + note.message()));
        print("");
        print("What it measures:");
        Coverage.of(policy).forEach(this::use);
    }

    private void use(Coverage.Use use) {
        String extent = use.extent().name().toLowerCase(Locale.ROOT);
        StringBuilder lines = new StringBuilder();
        use.rules().forEach(rule -> lines.append(lines.isEmpty() ? "" : ", ").append(rule.line()));
        print(
                String.format(
                        Locale.ROOT,
                        "  %-7s %s (%s)%s",
                        extent,
                        use.what(),
                        use.hook(),
                        lines.isEmpty() ? "" : ", by line " + lines));
    }

    private void explain(Policy policy, Access access) {
        for (Simulation.Decision decision : Simulation.explain(policy, access)) {
            String kind = decision.kind().name().toLowerCase(Locale.ROOT);
            for (Rule rule : decision.perhaps()) {
                print(
                        kind
                                + ": perhaps line "
                                + shown(rule)
                                + " (a condition cannot be told here)");
            }
            print(
                    kind
                            + ": "
                            + decision.decides()
                                    .map(rule -> verdict(rule) + ", line " + shown(rule))
                                    .orElse("no, no rule matches"));
        }
    }

    private static String verdict(Rule rule) {
        return rule.action().dont() ? "no" : "yes";
    }

    private static String shown(Rule rule) {
        byte[] text = rule.text().getBytes(StandardCharsets.ISO_8859_1);
        return rule.line() + ": " + Display.escape(text);
    }

    private void print(String line) {
        console.out().println(line);
    }
}
