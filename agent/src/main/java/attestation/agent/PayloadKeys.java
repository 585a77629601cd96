// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.agent.identity.IdentityException;
import attestation.agent.identity.PayloadKey;
import attestation.agent.identity.StateDirectory;
import attestation.agent.identity.StateFile;
import attestation.agent.sealed.SealedState;
import attestation.config.AgentConfig;
import attestation.tpm.Tpm;
import attestation.tpm.TpmException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The payload key: a plain file or, by choice, sealed to this TPM. When the choice changes, the key
 * moves; it is removed from its old place only when the new one holds it.
 *
 * <p>For one thread at a time.
 */
final class PayloadKeys {
    private static final Logger LOG = LoggerFactory.getLogger(PayloadKeys.class);
    private static final String SEALED = "payload-key";

    private final boolean seal;
    private final StateFile plain;
    private final String password;
    private final StateDirectory state;
    private final Tpm tpm;
    private final SecureRandom random;

    PayloadKeys(
            boolean seal,
            StateFile plain,
            String password,
            StateDirectory state,
            Tpm tpm,
            SecureRandom random) {
        this.seal = seal;
        this.plain = plain;
        this.password = password;
        this.state = state;
        this.tpm = tpm;
        this.random = random;
    }

    static PayloadKeys of(AgentConfig config, StateDirectory state, Tpm tpm, SecureRandom random) {
        return new PayloadKeys(
                config.tpm().sealState(),
                state.file(config.payload().key()),
                config.payload().keyPassword().reveal(),
                state,
                tpm,
                random);
    }

    /** The key, made when there is none; empty when it takes the TPM to have it. */
    Optional<PayloadKey> withoutTpm() throws IOException, IdentityException {
        return seal || SealedState.holds(state, SEALED)
                ? Optional.empty()
                : Optional.of(PayloadKey.loadOrCreate(plain, password, random));
    }

    /** The key, sealed or to be sealed, or to be unsealed for good. Blocks for the TPM. */
    PayloadKey withTpm() throws IOException, IdentityException, TpmException, InterruptedException {
        SealedState sealed = new SealedState(tpm, state, random);
        Optional<byte[]> kept = sealed.read(SEALED);
        return seal ? sealed(sealed, kept) : unsealed(sealed, kept);
    }

    private PayloadKey sealed(SealedState sealed, Optional<byte[]> kept)
            throws IOException, IdentityException, TpmException, InterruptedException {
        if (kept.isPresent()) {
            PayloadKey key = PayloadKey.decode(kept.get(), SealedState.file(state, SEALED));
            forgetPlain(key);
            return key;
        }
        Optional<PayloadKey> known = PayloadKey.load(plain, password);
        PayloadKey key = known.isPresent() ? known.get() : PayloadKey.create(random);
        sealed.write(SEALED, key.encoded());
        LOG.info("payload key sealed to this TPM file={}", SealedState.file(state, SEALED));
        forgetPlain(key);
        return key;
    }

    /** A plain key that is not the sealed one is somebody's: it stays. */
    private void forgetPlain(PayloadKey key) throws IOException, IdentityException {
        Optional<PayloadKey> known = PayloadKey.load(plain, password);
        if (known.isEmpty()) {
            return;
        }
        if (known.get().publicPem().equals(key.publicPem())) {
            Files.delete(plain.path());
        } else {
            LOG.warn(
                    "another payload key lies beside the sealed one and is not used file={}",
                    plain);
        }
    }

    private PayloadKey unsealed(SealedState sealed, Optional<byte[]> kept)
            throws IOException, IdentityException {
        if (plain.exists() || kept.isEmpty()) {
            SealedState.file(state, SEALED).giveUp();
            return PayloadKey.loadOrCreate(plain, password, random);
        }
        PayloadKey key = PayloadKey.decode(kept.get(), SealedState.file(state, SEALED));
        key.store(plain, password, random);
        sealed.remove(SEALED);
        LOG.info("payload key is plain again, as configured file={}", plain);
        return key;
    }
}
