// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.installed.InstalledException;
import attestation.agent.installed.OwnFile;
import attestation.agent.installed.OwnFiles;
import attestation.agent.installed.RuntimePolicy;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code agent policy-entries}. */
@Command(
        name = "policy-entries",
        description = {
            "Prints what a verifier's runtime policy needs for this program's own files, which the"
                    + " kernel measures like all others. Add it before the agent is started on a host"
                    + " that is attested already.",
            "",
            "The package's manifest is held against the files that are installed; without one they"
                    + " are hashed as they are. A Java from elsewhere is hashed too."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  agent policy-entries > agent-policy.json",
            "  agent policy-entries --into policy.json > policy-new.json",
            "  agent policy-entries --format sums | sha256sum --check"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:printed",
            "1:printed, but a file is not as the package's manifest says; it is left out",
            "64:the command line is not understood",
            "69:the files, the manifest or the policy cannot be read"
        })
final class PolicyEntriesCommand implements Callable<Integer> {
    private static final int DIFFERENT = 1;

    /** How entries are written. */
    enum Format {
        json,
        sums
    }

    private final Console console;

    @Mixin HelpOption help = new HelpOption();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "json: Keylime's runtime policy (standard); sums: lines as sha256sum writes"
                            + " them.")
    private Format format = Format.json;

    @Option(
            names = "--into",
            paramLabel = "POLICY",
            description =
                    "Prints this runtime policy with the entries added; the file is not changed.")
    private @Nullable Path into;

    @Option(
            names = "--hash",
            paramLabel = "HASH",
            split = ",",
            description =
                    "As the host's ima_hash: sha1, sha256 (standard), sha384 or sha512; several"
                            + " with commas.")
    private List<String> hashes = List.of("sha256");

    @Option(
            names = "--tree",
            paramLabel = "DIR",
            description = "Installed tree; standard: the one that this command runs from.")
    private @Nullable Path tree;

    @Option(
            names = "--manifest",
            paramLabel = "FILE",
            description =
                    "Prints what this manifest of a package says (own-files.sha256) and looks at no"
                            + " file.")
    private @Nullable Path manifest;

    PolicyEntriesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        checkOptions();
        try {
            OwnFiles own = survey();
            own.remarks().forEach(remark -> console.error("note: " + Terminal.escape(remark)));
            own.differences().forEach(one -> console.error("changed: " + Terminal.escape(one)));
            print(own.files());
            return own.differences().isEmpty() ? ExitCodes.OK : DIFFERENT;
        } catch (InstalledException e) {
            throw new CliException(
                    ExitCodes.UNAVAILABLE, Terminal.escape(String.valueOf(e.getMessage())));
        }
    }

    private void checkOptions() throws CliException {
        for (String hash : hashes) {
            if (!OwnFiles.knows(hash)) {
                throw usage("--hash: " + hash + " (expected: sha1, sha256, sha384 or sha512)");
            }
        }
        if (format == Format.sums && (hashes.size() > 1 || into != null)) {
            throw usage("--format sums: takes one --hash and no --into");
        }
        if (manifest != null && (tree != null || !hashes.equals(List.of("sha256")))) {
            throw usage(
                    "--manifest: holds sha256 of its own files (expected: no --tree, no --hash)");
        }
    }

    private static CliException usage(String message) {
        return new CliException(ExitCodes.USAGE, Terminal.escape("policy-entries " + message));
    }

    private OwnFiles survey() throws CliException, InstalledException {
        if (manifest != null) {
            return OwnFiles.ofManifest(manifest);
        }
        Optional<Path> own = Optional.ofNullable(tree).or(OwnFiles::treeOfThisProcess);
        Path found =
                own.orElseThrow(
                        () ->
                                usage(
                                        "--tree: missing, since this command does not run from an"
                                                + " installed tree (expected: the folder with"
                                                + " bin/agent)"));
        return OwnFiles.of(found, Path.of(System.getProperty("java.home")), hashes);
    }

    private void print(List<OwnFile> files) throws InstalledException {
        switch (format) {
            case json -> console.out().print(policy().allow(files).render());
            case sums ->
                    files.forEach(
                            file ->
                                    console.out()
                                            .printf(
                                                    Locale.ROOT,
                                                    "%s  %s%n",
                                                    file.digests().get(hashes.getFirst()),
                                                    file.path()));
        }
        console.out().flush();
    }

    private RuntimePolicy policy() throws InstalledException {
        return into == null ? RuntimePolicy.empty() : RuntimePolicy.read(into);
    }
}
