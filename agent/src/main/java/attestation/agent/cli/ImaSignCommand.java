// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.host.LinuxXattrs;
import attestation.agent.integrity.FileHashes;
import attestation.agent.integrity.KeyFiles;
import attestation.agent.integrity.SigningKey;
import attestation.config.Nearest;
import attestation.ima.signature.FileSigner;
import attestation.ima.signature.FileVerifier;
import attestation.ima.signature.KernelHash;
import attestation.ima.signature.KeyIds;
import attestation.ima.signature.SecurityXattr;
import attestation.ima.signature.TrustedKey;
import attestation.ima.signature.TrustedKeys;
import attestation.ima.signature.Verdict;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code agent ima sign}. */
@Command(
        name = "sign",
        description =
                "Signs files, such as an IMA policy, into security.ima, and reads each signature"
                        + " back. Needs root.",
        footerHeading = "%nExample:%n",
        footer = "  agent ima sign --key ima.pem --cert /etc/keys/ima/ima.der /etc/ima/ima-policy",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every file is signed",
            "1:at least one is not",
            "64:the command line is not understood",
            "69:the key cannot be read, or is not that of the certificate"
        })
final class ImaSignCommand implements Callable<Integer> {
    private static final int NOT_SIGNED = 1;

    private final Console console;

    @Mixin HelpOption help = new HelpOption();

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files to sign.")
    private List<Path> paths = new ArrayList<>();

    @Option(
            names = "--key",
            required = true,
            paramLabel = "PEM",
            description = "The private key, RSA or EC, without password.")
    private Path key = Path.of("");

    @Option(
            names = "--cert",
            paramLabel = "DER",
            description =
                    "The key's certificate as loaded into the keyring: the key id is taken from"
                            + " it. Default: the id of the bare key.")
    private @Nullable Path certificate;

    @Option(
            names = "--hash",
            paramLabel = "ALG",
            defaultValue = "sha256",
            description = "The kernel's name of the hash. Default: ${DEFAULT-VALUE}.")
    private String hash = "sha256";

    ImaSignCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws CliException {
        KernelHash kernelHash = kernelHash();
        int failed = 0;
        try {
            SigningKey signing = SigningKey.read(key);
            TrustedKey trusted = trusted(signing);
            for (Path path : paths) {
                failed += sign(path, signing, trusted, kernelHash) ? 0 : 1;
            }
        } catch (IOException e) {
            throw new CliException(
                    ExitCodes.UNAVAILABLE, Terminal.escape(String.valueOf(e.getMessage())));
        }
        return failed == 0 ? ExitCodes.OK : NOT_SIGNED;
    }

    private KernelHash kernelHash() throws CliException {
        return KernelHash.ofName(hash)
                .filter(known -> FileHashes.all().supports(known.kernelName()))
                .orElseThrow(
                        () ->
                                new CliException(
                                        ExitCodes.USAGE,
                                        "--hash: "
                                                + Terminal.escape(hash)
                                                + " (expected: "
                                                + nearestHash()
                                                + ")"));
    }

    private String nearestHash() {
        List<String> names =
                Arrays.stream(KernelHash.values()).map(KernelHash::kernelName).toList();
        return Nearest.to(hash, names).orElse(String.join(", ", names));
    }

    private TrustedKey trusted(SigningKey signing) throws IOException {
        TrustedKey bare = TrustedKey.read(key.toString(), signing.publicKey());
        if (certificate == null) {
            return bare;
        }
        TrustedKey given = KeyFiles.file(certificate);
        if (given.keyId() != bare.keyId()) {
            throw new IOException(
                    "certificate "
                            + certificate
                            + ": of another key, "
                            + KeyIds.text(given.keyId())
                            + " (expected: "
                            + KeyIds.text(bare.keyId())
                            + ")");
        }
        return given;
    }

    private boolean sign(Path path, SigningKey signing, TrustedKey trusted, KernelHash kernelHash) {
        LinuxXattrs xattrs = new LinuxXattrs();
        FileSigner signer =
                new FileSigner(xattrs, FileHashes.all(), signing.key(), trusted.kernelId());
        FileVerifier verifier =
                new FileVerifier(xattrs, FileHashes.all(), new TrustedKeys(List.of(trusted)));
        try {
            SecurityXattr.Signed signed = signer.sign(path, kernelHash);
            Verdict verdict = verifier.ima(path);
            if (verdict.outcome() != Verdict.Outcome.SIGNED) {
                return failed(path, "signed, but it reads back as: " + verdict.why());
            }
            console.out()
                    .println(
                            ListSource.shown(path)
                                    + ": signed, "
                                    + kernelHash.kernelName()
                                    + " key "
                                    + KeyIds.text(signed.keyId()));
            return true;
        } catch (IOException e) {
            return failed(path, ListSource.unreadable(path, e));
        } catch (GeneralSecurityException e) {
            return failed(path, "not signed: " + e.getMessage());
        }
    }

    private boolean failed(Path path, String why) {
        console.out().flush();
        String text = ListSource.shown(path);
        console.error(why.contains(text) ? why : text + ": " + Terminal.escape(why));
        return false;
    }
}
