// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.Auth;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;
import attestation.tpm.wire.PublicArea;
import attestation.tpm.wire.TpmReader;

import org.jspecify.annotations.Nullable;

import tss.tpm.TPM2_StartAuthSession_REQUEST;
import tss.tpm.TPMT_SYM_DEF;
import tss.tpm.TPM_ALG_ID;
import tss.tpm.TPM_CC;
import tss.tpm.TPM_HANDLE;
import tss.tpm.TPM_SE;

import java.security.SecureRandom;
import java.util.Optional;

/** Starts sessions; each is a lease. */
final class Sessions {
    private static final int MAX_DIGEST = 64;

    private final Engine engine;
    private final Leftovers leftovers;
    private final SessionNotes notes;
    private final SecureRandom random;

    Sessions(Engine engine, Leftovers leftovers, SessionNotes notes, SecureRandom random) {
        this.notes = notes;
        this.engine = engine;
        this.leftovers = leftovers;
        this.random = random;
    }

    /** An HMAC session that is flushed when closed. */
    record Hmac(HmacSession session, Lease lease) implements AutoCloseable {
        @Override
        public void close() throws TpmException {
            lease.close();
        }
    }

    /** An authorization, with its session when it has one. */
    record Held(Authorization authorization, @Nullable Hmac hmac) implements AutoCloseable {
        @Override
        public void close() throws TpmException {
            if (hmac != null) {
                hmac.close();
            }
        }
    }

    /** A policy session, nothing asserted yet. */
    Lease policy(HashAlgorithm hash) throws TpmException {
        return started(TPM_SE.POLICY, hash).lease();
    }

    /** What is asserted in a policy session. */
    @FunctionalInterface
    interface Assertion {
        void in(Ref session) throws TpmException;
    }

    /** A policy session in which this was asserted; none is left where that fails. */
    Lease policy(HashAlgorithm hash, Assertion assertion) throws TpmException {
        Lease session = policy(hash);
        boolean asserted = false;
        try {
            assertion.in(session.ref());
            asserted = true;
            return session;
        } finally {
            if (!asserted) {
                session.close();
            }
        }
    }

    /** A session that only computes a policy digest. */
    Lease trial(HashAlgorithm hash) throws TpmException {
        return started(TPM_SE.TRIAL, hash).lease();
    }

    private record Started(Lease lease, byte[] nonceTpm, byte[] nonceCaller) {}

    private Started started(TPM_SE kind, HashAlgorithm hash) throws TpmException {
        return start(kind, hash, Ref.NULL, new byte[0], new TPMT_SYM_DEF());
    }

    /** A session that encrypts, salted by a loaded decryption key whose public area is known. */
    Hmac salted(Ref key, PublicArea area) throws TpmException {
        Salt salt = Salt.of(area, random);
        Started s = start(TPM_SE.HMAC, HmacSession.HASH, key, salt.encrypted(), aes());
        byte[] sessionKey =
                Kdf.kdfA(
                        HmacSession.HASH,
                        salt.plain(),
                        "ATH",
                        s.nonceTpm(),
                        s.nonceCaller(),
                        HmacSession.HASH.size() * 8);
        HmacSession session =
                new HmacSession(s.lease().ref().handle(), sessionKey, s.nonceTpm(), random);
        return new Hmac(session, s.lease());
    }

    /** The empty password as such; any other by an HMAC session, so that it is never sent. */
    Held authorization(Optional<Auth> auth) throws TpmException {
        if (auth.isEmpty() || auth.get().isEmpty()) {
            return new Held(Authorization.EMPTY, null);
        }
        Started s = start(TPM_SE.HMAC, HmacSession.HASH, Ref.NULL, new byte[0], aes());
        int handle = s.lease().ref().handle();
        HmacSession session = new HmacSession(handle, new byte[0], s.nonceTpm(), random);
        session.auth(auth.get().bytes());
        return new Held(session, new Hmac(session, s.lease()));
    }

    private Started start(
            TPM_SE kind, HashAlgorithm hash, Ref key, byte[] encryptedSalt, TPMT_SYM_DEF cipher)
            throws TpmException {
        byte[] nonceCaller = new byte[hash.size()];
        random.nextBytes(nonceCaller);
        TPM_HANDLE none = TPM_HANDLE.from(0);
        Command command =
                Command.of(
                                "TPM2_StartAuthSession",
                                TPM_CC.StartAuthSession,
                                new TPM2_StartAuthSession_REQUEST(
                                        none,
                                        none,
                                        nonceCaller,
                                        encryptedSalt,
                                        kind,
                                        cipher,
                                        TPM_ALG_ID.fromInt(hash.tpmId())))
                        .on(key, Ref.NULL);
        Response response = leftovers.watchingSessions(() -> engine.run(command));
        int handle = response.handle();
        notes.started(handle);
        Lease lease = Lease.owned(engine, Ref.unnamed(handle), () -> notes.ending(handle));
        boolean taken = false;
        try {
            TpmReader in = response.reader();
            byte[] nonceTpm = in.sized(MAX_DIGEST);
            in.end();
            taken = true;
            return new Started(lease, nonceTpm, nonceCaller);
        } finally {
            if (!taken) {
                lease.close();
            }
        }
    }

    private static TPMT_SYM_DEF aes() {
        return new TPMT_SYM_DEF(TPM_ALG_ID.AES, 128, TPM_ALG_ID.CFB);
    }
}
