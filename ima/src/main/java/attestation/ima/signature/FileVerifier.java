// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import attestation.ima.HashAlgorithms;
import attestation.ima.signature.SecurityXattr.Kind;
import attestation.ima.signature.Verdict.Outcome;

import java.io.IOException;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Judges {@code security.ima} and {@code security.evm} of files as the kernel's appraisal would,
 * with keys that the caller trusts.
 *
 * <p>Nothing is verified that could not be read: I/O errors are thrown, never a verdict. May be
 * shared between threads if its parts may.
 */
public final class FileVerifier {
    /** The attribute over a file's content. */
    public static final String IMA = "security.ima";

    /** The attribute over a file's metadata. */
    public static final String EVM = "security.evm";

    private final Xattrs xattrs;
    private final HashAlgorithms hashes;
    private final TrustedKeys keys;
    private final Ownership.Reader ownership;

    /**
     * @param hashes the algorithms that can be computed; a file with another is undecided
     * @param keys whose signatures count
     */
    public FileVerifier(Xattrs xattrs, HashAlgorithms hashes, TrustedKeys keys) {
        this(xattrs, hashes, keys, Ownership::read);
    }

    FileVerifier(
            Xattrs xattrs, HashAlgorithms hashes, TrustedKeys keys, Ownership.Reader ownership) {
        this.xattrs = xattrs;
        this.hashes = hashes;
        this.keys = keys;
        this.ownership = ownership;
    }

    /**
     * The file's content against {@code security.ima}.
     *
     * @throws IOException when file or attribute cannot be read
     */
    public Verdict ima(Path file) throws IOException {
        return judge(
                IMA,
                file,
                value ->
                        switch (value) {
                            case SecurityXattr.Digest digest -> digest(file, digest);
                            case SecurityXattr.Hmac _ ->
                                    verdict(IMA, Outcome.MALFORMED, "an EVM HMAC", value);
                            case SecurityXattr.Signed signed -> content(file, signed);
                        });
    }

    /**
     * The file's metadata against a portable signature in {@code security.evm}.
     *
     * @throws IOException when file or attributes cannot be read
     */
    public Verdict evm(Path file) throws IOException {
        return judge(
                EVM,
                file,
                value ->
                        switch (value) {
                            case SecurityXattr.Hmac _ ->
                                    verdict(
                                            EVM,
                                            Outcome.UNDECIDED,
                                            "an HMAC under a key that only the kernel has",
                                            value);
                            case SecurityXattr.Digest _ ->
                                    verdict(EVM, Outcome.MALFORMED, "a digest", value);
                            case SecurityXattr.Signed signed -> metadata(file, signed);
                        });
    }

    private interface Judge {
        Verdict of(SecurityXattr value) throws IOException;
    }

    private Verdict judge(String attribute, Path file, Judge judge) throws IOException {
        Optional<byte[]> bytes = xattrs.get(file, attribute);
        if (bytes.isEmpty()) {
            return new Verdict(
                    attribute,
                    Outcome.MISSING,
                    "no " + attribute + " (a plain cp loses it: cp --preserve=xattr)",
                    Optional.empty(),
                    Optional.empty());
        }
        try {
            return judge.of(SecurityXattr.parse(bytes.get()));
        } catch (SecurityXattr.MalformedException e) {
            return new Verdict(
                    attribute,
                    Outcome.MALFORMED,
                    String.valueOf(e.getMessage()),
                    Optional.empty(),
                    Optional.empty());
        }
    }

    private Verdict digest(Path file, SecurityXattr.Digest expected) throws IOException {
        KernelHash hash = expected.hash();
        if (!hashes.supports(hash.kernelName())) {
            return notInstalled(IMA, expected, hash);
        }
        boolean equal =
                MessageDigest.isEqual(expected.bytes(), ContentDigest.of(file, digest(hash)));
        return equal
                ? verdict(
                        IMA,
                        Outcome.DIGEST_MATCHES,
                        "the digest matches, nobody signed it",
                        expected)
                : verdict(
                        IMA,
                        Outcome.INVALID_DIGEST,
                        "the content is not the one whose " + hash.kernelName() + " was stored",
                        expected);
    }

    private Verdict content(Path file, SecurityXattr.Signed signed) throws IOException {
        KernelHash hash = signed.hash();
        return switch (signed.kind()) {
            case PORTABLE -> verdict(IMA, Outcome.MALFORMED, "an EVM signature, type 0x05", signed);
            case PLAIN ->
                    hashes.supports(hash.kernelName())
                            ? signature(IMA, signed, ContentDigest.of(file, digest(hash)))
                            : notInstalled(IMA, signed, hash);
            case VERITY ->
                    VerityDigest.has(hash)
                            ? signature(IMA, signed, verity(file, hash))
                            : verdict(
                                    IMA,
                                    Outcome.MALFORMED,
                                    "fs-verity with "
                                            + hash.kernelName()
                                            + " (expected: sha256 or sha512)",
                                    signed);
        };
    }

    private Verdict metadata(Path file, SecurityXattr.Signed signed) throws IOException {
        if (signed.kind() != Kind.PORTABLE) {
            return verdict(
                    EVM,
                    Outcome.UNDECIDED,
                    "a signature bound to the inode, not a portable one: evmctl verify "
                            + "on this host can tell",
                    signed);
        }
        if (!hashes.supports(signed.hash().kernelName())) {
            return notInstalled(EVM, signed, signed.hash());
        }
        if (xattrs.get(file, IMA).isEmpty()) {
            return verdict(
                    EVM,
                    Outcome.INVALID_SIGNATURE,
                    "no security.ima, which a portable signature must cover",
                    signed);
        }
        return signature(
                EVM, signed, EvmDigest.of(file, xattrs, ownership.of(file), digest(signed.hash())));
    }

    private Verdict signature(String attribute, SecurityXattr.Signed signed, byte[] digest) {
        List<TrustedKey> candidates = keys.withId(signed.keyId());
        if (candidates.isEmpty()) {
            return verdict(
                    attribute,
                    Outcome.UNKNOWN_KEY,
                    "no key with id " + KeyIds.text(signed.keyId()) + " among " + keys.all().size(),
                    signed);
        }
        byte[] covered = signed.version() == 3 ? wrapped(signed, digest) : digest;
        for (TrustedKey key : candidates) {
            try {
                if (RawSignature.verifies(key.key(), signed.hash(), covered, signed.signature())) {
                    return good(attribute, signed, key);
                }
            } catch (InvalidKeyException e) {
                return verdict(
                        attribute, Outcome.UNDECIDED, String.valueOf(e.getMessage()), signed);
            }
        }
        return verdict(
                attribute,
                Outcome.INVALID_SIGNATURE,
                "not what key " + KeyIds.text(signed.keyId()) + " signed",
                signed);
    }

    /** {@code struct ima_file_id}: what a signature of version 3 is over. */
    private byte[] wrapped(SecurityXattr.Signed signed, byte[] digest) {
        MessageDigest hash = digest(signed.hash());
        hash.update((byte) signed.kind().type);
        hash.update((byte) signed.hash().id());
        return hash.digest(digest);
    }

    private static Verdict good(String attribute, SecurityXattr.Signed signed, TrustedKey key) {
        List<String> notes = new ArrayList<>();
        if (signed.kind() == Kind.VERITY) {
            notes.add(VERITY_NOTE);
        }
        if (key.kernelId() != signed.keyId()) {
            notes.add(
                    "the kernel looks for the subject key identifier, which ends in "
                            + KeyIds.text(key.kernelId()));
        }
        return new Verdict(
                attribute,
                Outcome.SIGNED,
                String.join("; ", notes),
                Optional.of(signed),
                Optional.of(key));
    }

    private static final String VERITY_NOTE =
            "of the fs-verity digest with 4 KiB blocks and no salt; the kernel takes it while"
                    + " fs-verity is enabled on the file";

    private byte[] verity(Path file, KernelHash hash) throws IOException {
        return ContentDigest.read(file, in -> new VerityDigest(hash, digest(hash)).of(in));
    }

    private MessageDigest digest(KernelHash hash) {
        return hashes.digest(hash.kernelName());
    }

    private static Verdict notInstalled(String attribute, SecurityXattr value, KernelHash hash) {
        return verdict(
                attribute,
                Outcome.UNDECIDED,
                "hash " + hash.kernelName() + " cannot be computed here",
                value);
    }

    private static Verdict verdict(
            String attribute, Outcome outcome, String why, SecurityXattr value) {
        return new Verdict(attribute, outcome, why, Optional.of(value), Optional.empty());
    }
}
