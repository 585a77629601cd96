// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which algorithms are accepted, by Keylime's names; for the signature and for the PCR bank.
 *
 * @param hashes of sha1, sha256, sha384, sha512
 * @param schemes of rsassa, rsapss, ecdsa
 */
public record Policy(Set<String> hashes, Set<String> schemes) {
    private static final Set<String> NOT_BY_DEFAULT = Set.of("sha1");

    /**
     * @throws IllegalArgumentException for a name that is not known
     */
    public Policy {
        hashes = known("hash", hashes, names(HashAlg.values()));
        schemes = known("signature scheme", schemes, names(SigningScheme.values()));
    }

    /** All schemes; all hashes but SHA-1. */
    public static Policy standard() {
        Set<String> hashes = new TreeSet<>(names(HashAlg.values()));
        hashes.removeAll(NOT_BY_DEFAULT);
        return new Policy(hashes, Set.copyOf(names(SigningScheme.values())));
    }

    void accept(TpmSignature signature) throws RefutedException {
        accept("signature scheme", signature.scheme().text(), schemes);
        accept("signature hash", signature.hash().text(), hashes);
    }

    void accept(PcrSelection selection) throws RefutedException {
        accept("PCR bank", selection.bank().text(), hashes);
    }

    private static void accept(String what, String name, Set<String> accepted)
            throws RefutedException {
        if (!accepted.contains(name)) {
            throw new RefutedException(what, name, "one of " + new TreeSet<>(accepted));
        }
    }

    private static Set<String> known(String what, Set<String> names, List<String> known) {
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        what + ": " + Printable.text(name) + " (expected: of " + known + ")");
            }
        }
        return Set.copyOf(names);
    }

    private static List<String> names(HashAlg[] algs) {
        return Arrays.stream(algs).map(HashAlg::text).toList();
    }

    private static List<String> names(SigningScheme[] schemes) {
        return Arrays.stream(schemes).map(SigningScheme::text).toList();
    }
}
