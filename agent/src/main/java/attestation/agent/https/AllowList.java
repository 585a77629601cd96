// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Lets clients in by a name in their certificate (subject alternative name) or by the digest of
 * their public key, each with its own rights. Immutable.
 *
 * <p>Names are written {@code dns:verifier.example}, {@code ip:192.0.2.7}, {@code email:a@example},
 * {@code uri:spiffe://example/verifier}; a key is {@code sha256:} and the hex digest of its DER
 * SubjectPublicKeyInfo. The whole name must be equal; there are no wildcards.
 */
public final class AllowList implements Authorizer {
    private static final Map<Integer, String> KINDS =
            Map.of(1, "email:", 2, "dns:", 6, "uri:", 7, "ip:");

    private final Map<String, Set<Right>> rights;

    /**
     * @param rights per name or key
     * @throws IllegalArgumentException naming an entry that is neither
     */
    public AllowList(Map<String, Set<Right>> rights) {
        Map<String, Set<Right>> checked = new java.util.HashMap<>();
        rights.forEach((name, allowed) -> checked.put(normal(name), Set.copyOf(allowed)));
        this.rights = Map.copyOf(checked);
    }

    private static String normal(String entry) {
        boolean name = KINDS.values().stream().anyMatch(entry::startsWith);
        if (!name && !entry.matches("sha256:[0-9a-fA-F]{64}")) {
            throw new IllegalArgumentException(
                    "allowed client: "
                            + Untrusted.show(entry, 120)
                            + " (expected: dns:NAME, ip:ADDRESS, email:ADDRESS, uri:URI or"
                            + " sha256:<64 hex digits of the key's digest>)");
        }
        return entry.startsWith("uri:") ? entry : entry.toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean allows(Peer peer, Right right) {
        if (peer.certificate().isEmpty()) {
            return false;
        }
        for (String name : names(peer.certificate().get())) {
            if (rights.getOrDefault(name, Set.of()).contains(right)) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> names(X509Certificate certificate) {
        Set<String> names = new HashSet<>();
        names.add("sha256:" + keyDigest(certificate));
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                alternatives.forEach(alternative -> add(names, alternative));
            }
        } catch (CertificateParsingException e) {
            return names; // a name that cannot be decoded gives no right; the key still may
        }
        return names;
    }

    private static void add(Set<String> names, List<?> alternative) {
        String prefix = KINDS.get((Integer) alternative.get(0));
        if (prefix != null && alternative.get(1) instanceof String name) {
            names.add(normal(prefix + name));
        }
    }

    private static String keyDigest(X509Certificate certificate) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(certificate.getPublicKey().getEncoded()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
