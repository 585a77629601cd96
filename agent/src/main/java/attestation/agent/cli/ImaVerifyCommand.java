// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.host.LinuxXattrs;
import attestation.agent.integrity.FileHashes;
import attestation.agent.integrity.FileTree;
import attestation.agent.integrity.KeyFiles;
import attestation.ima.signature.FileVerifier;
import attestation.ima.signature.KeyIds;
import attestation.ima.signature.SecurityXattr;
import attestation.ima.signature.TrustedKeys;
import attestation.ima.signature.Verdict;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code agent ima verify}. */
@Command(
        name = "verify",
        description = {
            "Verifies the signatures of files, security.ima and with --evm security.evm, as the"
                    + " kernel's appraisal would with the given keys.",
            "A digest that nobody signed is not good unless --accept-digest is given."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  agent ima verify /usr/bin/ls",
            "  agent ima verify --key release.der -r /opt/product"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every file is good",
            "1:at least one is not, or could not be read, or there is none",
            "64:the command line is not understood",
            "69:a key cannot be read"
        })
final class ImaVerifyCommand implements Callable<Integer> {
    private static final int NOT_GOOD = 1;

    private final Console console;

    @Mixin HelpOption help = new HelpOption();

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files, with -r folders too.")
    private List<Path> paths = new ArrayList<>();

    @Option(
            names = "--key",
            paramLabel = "DER|DIR",
            description =
                    "A certificate or public key whose signatures count, or a folder of them;"
                            + " may be repeated. Default: /etc/keys/ima.")
    private List<Path> keys = new ArrayList<>();

    @Option(names = "--evm", description = "Verifies security.evm too.")
    private boolean evm;

    @Option(
            names = "-r",
            description = "Goes down folders, on one file system, links not followed.")
    private boolean recursive;

    @Option(
            names = "--accept-digest",
            description = "A matching digest in security.ima is good, although nobody signed it.")
    private boolean acceptDigest;

    @Option(names = "-q", description = "Prints only what is not good.")
    private boolean quiet;

    @Option(names = "--json", description = "Prints one JSON object a verdict.")
    private boolean json;

    private long good;
    private long bad;

    ImaVerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        FileVerifier verifier =
                new FileVerifier(new LinuxXattrs(), FileHashes.all(), trustedKeys());
        for (Path path : paths) {
            each(path, verifier);
        }
        console.out().flush();
        if (good + bad == 0) {
            console.error("no file to verify (expected: at least one below the given paths)");
        }
        return bad == 0 && good > 0 ? ExitCodes.OK : NOT_GOOD;
    }

    private TrustedKeys trustedKeys() throws CliException {
        boolean standard = keys.isEmpty();
        if (standard && !Files.exists(KeyFiles.DEFAULT)) {
            console.error(KeyFiles.DEFAULT + ": no such folder, so no key is trusted; see --key");
            return new TrustedKeys(List.of());
        }
        try {
            return KeyFiles.read(standard ? List.of(KeyFiles.DEFAULT) : keys);
        } catch (IOException e) {
            throw new CliException(
                    ExitCodes.UNAVAILABLE, Terminal.escape(String.valueOf(e.getMessage())));
        }
    }

    private void each(Path path, FileVerifier verifier) {
        if (!Files.isDirectory(path)) {
            file(path, verifier);
        } else if (recursive) {
            FileTree.walk(
                    path,
                    new FileTree.Visitor() {
                        @Override
                        public void file(Path file) {
                            ImaVerifyCommand.this.file(file, verifier);
                        }

                        @Override
                        public void failed(Path folder, IOException reason) {
                            unreadable(folder, reason);
                        }
                    });
        } else {
            unreadable(path, new IOException("a folder (expected: a file, or -r)"));
        }
    }

    private void file(Path path, FileVerifier verifier) {
        try {
            report(path, verifier.ima(path));
            if (evm) {
                report(path, verifier.evm(path));
            }
        } catch (IOException e) {
            unreadable(path, e);
        }
    }

    private void unreadable(Path path, IOException e) {
        bad++;
        console.out().flush();
        console.error(ListSource.unreadable(path, e));
    }

    private void report(Path path, Verdict verdict) {
        boolean fine = isGood(verdict);
        good += fine ? 1 : 0;
        bad += fine ? 0 : 1;
        if (fine && quiet) {
            return;
        }
        console.out().print(json ? json(path, verdict, fine) : text(path, verdict, fine));
    }

    private boolean isGood(Verdict verdict) {
        return switch (verdict.outcome()) {
            case SIGNED -> true;
            case DIGEST_MATCHES -> acceptDigest;
            case INVALID_SIGNATURE, INVALID_DIGEST, UNKNOWN_KEY, MISSING, MALFORMED, UNDECIDED ->
                    false;
        };
    }

    private static String text(Path path, Verdict verdict, boolean fine) {
        StringBuilder line = new StringBuilder(ListSource.shown(path));
        line.append(": ").append(verdict.attribute()).append(fine ? " is good" : " is NOT good");
        line.append(": ").append(words(verdict.outcome()));
        verdict.value().ifPresent(value -> line.append(", ").append(value(value)));
        verdict.key().ifPresent(key -> line.append(" (").append(key.source()).append(')'));
        if (!verdict.why().isEmpty()) {
            line.append(" - ").append(verdict.why());
        }
        return line.append('\n').toString();
    }

    private static String words(Verdict.Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String value(SecurityXattr value) {
        return switch (value) {
            case SecurityXattr.Digest digest -> digest.hash().kernelName();
            case SecurityXattr.Hmac _ -> "HMAC";
            case SecurityXattr.Signed signed ->
                    signed.hash().kernelName()
                            + " v"
                            + signed.version()
                            + " key "
                            + KeyIds.text(signed.keyId());
        };
    }

    private static String json(Path path, Verdict verdict, boolean fine) {
        return JsonLines.object(
                out -> {
                    out.writeStringField("path", path.toString());
                    out.writeStringField("attribute", verdict.attribute());
                    out.writeBooleanField("good", fine);
                    out.writeStringField("outcome", words(verdict.outcome()));
                    if (verdict.value().orElse(null) instanceof SecurityXattr.Signed signed) {
                        out.writeStringField("hash", signed.hash().kernelName());
                        out.writeNumberField("version", signed.version());
                        out.writeStringField("key_id", KeyIds.text(signed.keyId()));
                    }
                    if (verdict.key().isPresent()) {
                        out.writeStringField("key", verdict.key().get().source());
                    }
                    out.writeStringField("why", verdict.why());
                });
    }
}
