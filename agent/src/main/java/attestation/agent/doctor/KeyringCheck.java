// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.Reading;
import attestation.ima.signature.FileVerifier;
import attestation.ima.signature.KeyIds;
import attestation.ima.signature.SecurityXattr;
import attestation.ima.signature.TrustedKey;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whether the kernel has the keys by which it will judge: its keyring is there, is not empty, and
 * the keys that signed what it must accept are among those that {@code /proc/keys} shows.
 *
 * <p>A key is told by the last four bytes of its subject key identifier, which both a signature and
 * the kernel name.
 */
final class KeyringCheck {
    private static final Pattern RING = Pattern.compile(".*keyring +(\\.ima|_ima): .*");
    private static final Pattern KEY_ID =
            Pattern.compile(" asymmetri .*X509\\.\\S+ ([0-9a-f]{8})\\b");

    private KeyringCheck() {}

    static Finding find(Host host) {
        Reading reading = host.read("/proc/keys");
        if (reading.content().isEmpty()) {
            return Finding.unknown("/proc/keys: " + reading.whyNot(), "sudo agent doctor");
        }
        String keys = reading.content().get();
        Optional<String> ring =
                keys.lines().filter(line -> RING.matcher(line).matches()).findFirst();
        if (ring.isEmpty() && !keys.contains(".builtin_trusted_keys")) {
            return Finding.unknown("/proc/keys shows this user no keyring", "sudo agent doctor");
        }
        return ring.isPresent() && !ring.get().strip().endsWith("empty")
                ? filled(host, ring.get().strip().replaceAll(".*keyring +", ""), ids(keys))
                : empty(
                        host,
                        ring.isPresent() ? "keyring .ima is empty" : "no keyring .ima or _ima");
    }

    private static Finding empty(Host host, String seen) {
        return KeyChecks.needed(host)
                ? Finding.problem(
                        seen + ", but signatures are asked for: what is appraised will not run",
                        KeyLoading.command(host))
                : Finding.ok(seen + ", and no signature is asked for");
    }

    private static Finding filled(Host host, String ring, Set<String> has) {
        if (!KeyChecks.needed(host)) {
            return Finding.ok(ring);
        }
        if (has.isEmpty()) {
            return Finding.unknown(
                    ring + "; this user is not shown its keys", "sudo agent doctor keyring");
        }
        try {
            List<String> missing = missing(host, has);
            if (!missing.isEmpty()) {
                return Finding.problem(
                        missing.getFirst() + ", which the kernel has not (it has: " + has + ")",
                        KeyLoading.command(host));
            }
            return onDiskOnly(host, ring, has);
        } catch (IOException e) {
            return Finding.unknown("signatures: " + e.getMessage(), "sudo agent doctor keyring");
        }
    }

    private static Finding onDiskOnly(Host host, String ring, Set<String> has) throws IOException {
        List<TrustedKey> keys = KeyChecks.trusted(host).all();
        List<String> others =
                keys.stream()
                        .filter(key -> !has.contains(KeyIds.text(key.kernelId())))
                        .map(key -> KeyIds.text(key.kernelId()) + " " + key.source())
                        .toList();
        boolean none = !keys.isEmpty() && others.size() == keys.size();
        return none
                ? Finding.warning(
                        ring + " has none of the keys on disk: " + String.join(", ", others),
                        KeyLoading.command(host))
                : Finding.ok(ring + "; keys " + has);
    }

    /** What the kernel must accept, but is signed by a key that it has not. */
    private static List<String> missing(Host host, Set<String> has) throws IOException {
        List<String> missing = new ArrayList<>();
        for (String name : judged(host)) {
            Path path = host.files().at(name);
            signer(host, path)
                    .filter(id -> !has.contains(id))
                    .ifPresent(id -> missing.add(name + " is signed by key " + id));
        }
        return missing;
    }

    private static List<String> judged(Host host) throws IOException {
        List<String> names = new ArrayList<>();
        if (host.mustBeSigned().orElse(false)) {
            names.add(Host.POLICY);
        }
        if (host.policy().filter(Appraised::programs).isPresent()) {
            names.addAll(Samples.of(host));
        }
        return names;
    }

    /** What is malformed is told by the checks of the files themselves. */
    private static Optional<String> signer(Host host, Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            return Optional.empty();
        }
        Optional<byte[]> value = host.xattrs().get(path, FileVerifier.IMA);
        try {
            return value.isPresent()
                            && SecurityXattr.parse(value.get())
                                    instanceof SecurityXattr.Signed signed
                    ? Optional.of(KeyIds.text(signed.keyId()))
                    : Optional.empty();
        } catch (SecurityXattr.MalformedException e) {
            return Optional.empty();
        }
    }

    private static Set<String> ids(String keys) {
        return keys.lines()
                .flatMap(line -> KEY_ID.matcher(line).results())
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
