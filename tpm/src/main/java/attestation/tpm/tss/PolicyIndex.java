// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.Auth;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;
import attestation.tpm.TpmException.CommandFailed;
import attestation.tpm.TpmRc;

import tss.tpm.TPM_CC;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * PolicyC of the high-range EK templates: an NV index in which the platform's owner names one more
 * policy that may use the EK (TCG EK Credential Profile 2.5, §B.6.3, §B.6.4).
 *
 * <p>Of the policies it may name, two can be met here: the owner's password, and none at all.
 */
final class PolicyIndex {
    /** Whose password the guard remembers. */
    static final String OWNER = "owner hierarchy";

    private static final int LARGEST = 2 + 64;

    private final Nv nv;
    private final Sessions sessions;
    private final Policies policies;
    private final Optional<Auth> ownerAuth;
    private final AuthGuard guard;

    PolicyIndex(
            Nv nv,
            Sessions sessions,
            Policies policies,
            Optional<Auth> ownerAuth,
            AuthGuard guard) {
        this.nv = nv;
        this.sessions = sessions;
        this.policies = policies;
        this.ownerAuth = ownerAuth;
        this.guard = guard;
    }

    /** A session whose policy is PolicyC; empty when this TPM has no such index. */
    Optional<Lease> session(HashAlgorithm hash) throws TpmException {
        int index = index(hash);
        Optional<byte[]> named = named(index, hash);
        if (named.isEmpty()) {
            return Optional.empty();
        }
        boolean byOwner = Arrays.equals(named.get(), ownerPolicy(hash));
        if (!byOwner && !Arrays.equals(named.get(), new byte[hash.size()])) {
            throw new TpmException.Unsupported(
                    String.format(
                            "EK policy at NV index 0x%08x: %s (expected: PolicySecret of the owner"
                                    + " hierarchy, or none) - set the endorsement password, or write"
                                    + " one of these policies",
                            index, HexFormat.of().formatHex(named.get())));
        }
        return Optional.of(sessions.policy(hash, session -> authorize(index, session, byOwner)));
    }

    private void authorize(int index, Ref session, boolean byOwner) throws TpmException {
        if (byOwner) {
            guard.run(OWNER, () -> ownerKnown(session));
        }
        nv.authorizePolicy(index, session);
    }

    private Ref ownerKnown(Ref session) throws TpmException {
        policies.secret(OWNER, Ref.OWNER, ownerAuth, session);
        return session;
    }

    private Optional<byte[]> named(int index, HashAlgorithm hash) throws TpmException {
        try {
            return Optional.of(digest(index, hash, nv.read(index, LARGEST)));
        } catch (CommandFailed e) {
            int code = e.rc().base();
            if (code == TpmRc.HANDLE || code == TpmRc.NV_UNINITIALIZED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** A TPMT_HA; that somebody wrote something else says nothing about the connection. */
    static byte[] digest(int index, HashAlgorithm hash, byte[] content)
            throws TpmException.Unsupported {
        byte[] head = {(byte) (hash.tpmId() >> 8), (byte) hash.tpmId()};
        boolean fits = content.length == head.length + hash.size();
        if (!fits || !Arrays.equals(content, 0, head.length, head, 0, head.length)) {
            throw new TpmException.Unsupported(
                    String.format(
                            "EK policy at NV index 0x%08x: not a %s digest (expected: TPMT_HA) -"
                                    + " set the endorsement password, or write a policy there",
                            index, hash.keylimeName()));
        }
        return Arrays.copyOfRange(content, head.length, content.length);
    }

    private static int index(HashAlgorithm hash) throws TpmException {
        return switch (hash) {
            case SHA256 -> 0x01c07f01;
            case SHA384 -> 0x01c07f02;
            case SHA512 -> 0x01c07f03;
            case SHA1, SM3_256 ->
                    throw new TpmException.Unsupported(
                            "EK policy: no NV index is known for " + hash.keylimeName());
        };
    }

    /** Digest of PolicySecret(TPM_RH_OWNER), without policyRef (Part 3 §23.2.2). */
    private static byte[] ownerPolicy(HashAlgorithm hash) throws TpmException {
        MessageDigest digest = hash.newDigest();
        digest.update(new byte[hash.size()]);
        digest.update(ByteBuffer.allocate(4).putInt(TPM_CC.PolicySecret.toInt()).array());
        digest.update(Ref.OWNER.name());
        return digest.digest(digest.digest());
    }
}
