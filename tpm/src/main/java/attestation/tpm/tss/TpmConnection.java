// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.AkBlob;
import attestation.tpm.AkTemplate;
import attestation.tpm.AttestationKey;
import attestation.tpm.Auth;
import attestation.tpm.Certification;
import attestation.tpm.ClockInfo;
import attestation.tpm.DeviceKeyRequest;
import attestation.tpm.EkRequest;
import attestation.tpm.EndorsementKey;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.PcrSelection;
import attestation.tpm.PcrValues;
import attestation.tpm.Quote;
import attestation.tpm.SealedBlob;
import attestation.tpm.TpmException;
import attestation.tpm.TpmException.BadResponse;
import attestation.tpm.TpmException.CommandFailed;
import attestation.tpm.TpmException.TransportBroken;
import attestation.tpm.TpmException.Unsupported;
import attestation.tpm.TpmInfo;
import attestation.tpm.TpmRc;
import attestation.tpm.TpmSettings;
import attestation.tpm.transport.TpmTransport;
import attestation.tpm.wire.PublicArea;
import attestation.tpm.wire.TpmReader;

import org.jspecify.annotations.Nullable;

import tss.tpm.TPM2_GetRandom_REQUEST;
import tss.tpm.TPM2_Startup_REQUEST;
import tss.tpm.TPM_CC;
import tss.tpm.TPM_SU;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One open TPM and what we have loaded in it.
 *
 * <p>Confined to the TPM thread. After {@link TransportBroken} or {@link BadResponse} it must be
 * closed and never used again.
 */
public final class TpmConnection implements AutoCloseable {
    private final TpmTransport transport;
    private final Engine engine;
    private final Properties properties;
    private final Objects objects;
    private final EndorsementKeys endorsementKeys;
    private final AttestationKeys attestationKeys;
    private final Pcrs pcrs;
    private final Quoting quoting;
    private final Credentials credentials;
    private final DeviceKeys deviceKeys;
    private final Sealing sealing;
    private final Inspection inspection;
    private final SessionNotes sessionNotes;
    private Objects.@Nullable Loaded ak;

    private TpmConnection(
            TpmTransport transport,
            Engine engine,
            Properties properties,
            TpmSettings settings,
            SecureRandom random,
            AuthGuard guard) {
        this.transport = transport;
        this.engine = engine;
        this.properties = properties;
        Leftovers leftovers = new Leftovers(engine);
        this.sessionNotes = new SessionNotes(settings.sessionNotes());
        Sessions sessions = new Sessions(engine, leftovers, sessionNotes, random);
        Nv nv = new Nv(engine, sessions, settings.ownerAuth(), properties.nvBufferMax());
        this.objects = new Objects(engine, sessions, leftovers);
        Optional<Auth> endorsement = settings.endorsementAuth();
        EkCertificates certificates = new EkCertificates(engine, nv);
        Policies policies = new Policies(engine, sessions);
        PolicyIndex policyIndex =
                new PolicyIndex(nv, sessions, policies, settings.ownerAuth(), guard);
        this.endorsementKeys =
                new EndorsementKeys(
                        sessions, policies, policyIndex, objects, certificates, endorsement, guard);
        this.attestationKeys = new AttestationKeys(endorsementKeys, objects, leftovers);
        this.pcrs = new Pcrs(engine);
        this.quoting = new Quoting(engine);
        this.credentials = new Credentials(engine, sessions, endorsementKeys);
        this.deviceKeys = new DeviceKeys(engine, sessions, objects, endorsement, guard);
        this.sealing = new Sealing(engine, sessions, objects, settings.ownerAuth(), guard);
        this.inspection = new Inspection(engine, properties, endorsementKeys, certificates);
    }

    /**
     * Greets the TPM behind an open transport, which belongs to the connection from then on, also
     * when this fails.
     */
    public static TpmConnection open(
            TpmTransport transport,
            TpmSettings settings,
            CommandLog log,
            SecureRandom random,
            AuthGuard guard)
            throws TpmException {
        boolean open = false;
        try {
            Engine engine = new Engine(transport, settings.commandTimeout(), log);
            Properties properties = new Properties(fixedProperties(engine));
            open = true;
            return new TpmConnection(transport, engine, properties, settings, random, guard);
        } finally {
            if (!open) {
                transport.close();
            }
        }
    }

    /** An emulator may not have been started up yet; the kernel does it for real TPMs. */
    private static Map<Integer, Integer> fixedProperties(Engine engine) throws TpmException {
        try {
            return Map.copyOf(Capabilities.properties(engine, Properties.FIXED));
        } catch (CommandFailed e) {
            if (e.rc().base() != TpmRc.INITIALIZE) {
                throw e;
            }
            engine.run(
                    Command.of(
                            "TPM2_Startup",
                            TPM_CC.Startup,
                            new TPM2_Startup_REQUEST(TPM_SU.CLEAR)));
            return Map.copyOf(Capabilities.properties(engine, Properties.FIXED));
        }
    }

    /** Whose wait the following calls serve. */
    public void patience(Patience caller) {
        engine.patience(caller);
    }

    public Properties properties() {
        return properties;
    }

    /** TPM2_ReadClock. */
    public ClockInfo readClock() throws TpmException {
        return Inspection.readClock(engine);
    }

    /** Flushes sessions that a killed run of ours left since the TPM's last reset. */
    public void flushLeftSessions(ClockInfo now) throws TpmException {
        sessionNotes.flushLeft(engine, now);
    }

    public EndorsementKey endorsementKey(EkRequest request) throws TpmException {
        return endorsementKeys.describe(request);
    }

    public AkBlob createAk(EkRequest request, AkTemplate template) throws TpmException {
        return attestationKeys.create(request, template);
    }

    /** Loads the AK, in place of the one that is loaded. */
    public AttestationKey loadAk(EkRequest request, AkBlob blob) throws TpmException {
        dropAk();
        Objects.Loaded loaded = attestationKeys.load(request, blob);
        ak = loaded;
        return describe(loaded);
    }

    private static AttestationKey describe(Objects.Loaded loaded) {
        return new AttestationKey(loaded.area(), loaded.ref().name(), loaded.qualifiedName());
    }

    /** Whether an AK is loaded, as far as we know. */
    public boolean akLoaded() {
        return ak != null;
    }

    private void dropAk() throws TpmException {
        Objects.Loaded loaded = ak;
        ak = null;
        if (loaded != null) {
            loaded.close();
        }
    }

    /**
     * Quotes by the loaded AK; exactly one command.
     *
     * @return empty when the AK has gone from the TPM; then it must be loaded again
     */
    public Optional<Quote> quote(byte[] qualifyingData, PcrSelection selection)
            throws TpmException {
        requireQualifyingData(qualifyingData);
        Objects.Loaded loaded = ak;
        if (loaded == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(quoting.quote(loaded, qualifyingData, selection));
        } catch (Quoting.ForeignKey e) {
            if (isOurs(loaded)) {
                throw new BadResponse(
                        "TPM2_Quote: signed by another key than the AK - something between TPM and"
                                + " host changed it");
            }
            ak = null;
            return Optional.empty();
        } catch (CommandFailed e) {
            if (!forgetIfGone(e)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /**
     * Whether the AK, whose handle was a command's first, is not in the TPM any more. Where the
     * refusal does not say, the TPM is asked whose key has that handle; one of somebody else is not
     * ours to flush.
     */
    public boolean forgetIfGone(CommandFailed e) throws TpmException {
        Objects.Loaded loaded = ak;
        boolean gone = saysGone(e.rc()) || (loaded != null && concernsKey(e) && !isOurs(loaded));
        if (gone) {
            ak = null;
        }
        return gone;
    }

    private static boolean saysGone(TpmRc rc) {
        boolean badHandle = rc.base() == TpmRc.HANDLE && rc.subject() == TpmRc.Subject.HANDLE;
        return rc.base() == TpmRc.REFERENCE_H0 || (badHandle && rc.index() == 1);
    }

    /** Not one about the TPM's own state. */
    private static boolean concernsKey(CommandFailed e) {
        return !e.retryable() && !e.lockout() && e.rc().base() != TpmRc.FAILURE;
    }

    private boolean isOurs(Objects.Loaded loaded) throws TpmException {
        try {
            Objects.Public there = Objects.readPublic(engine, "the AK", loaded.ref().handle());
            return Arrays.equals(there.area().name(), loaded.ref().name());
        } catch (CommandFailed e) {
            return false;
        }
    }

    private void requireQualifyingData(byte[] data) throws Unsupported {
        int limit = properties.maxQualifyingData();
        if (data.length > limit) {
            throw new Unsupported(
                    "qualifying data: "
                            + data.length
                            + " bytes (expected: at most "
                            + limit
                            + ", this TPM's TPM2B_DATA limit)");
        }
    }

    /** Proves that AK and EK are in one TPM: the secret that was encrypted for the two. */
    public byte[] activateCredential(EkRequest request, byte[] idObject, byte[] encryptedSecret)
            throws TpmException {
        return credentials.activate(request, loadedAk().ref(), idObject, encryptedSecret);
    }

    /** The AK certified by a device key. */
    public Certification certify(DeviceKeyRequest by, byte[] qualifyingData) throws TpmException {
        requireQualifyingData(qualifyingData);
        return deviceKeys.certify(by, loadedAk(), qualifyingData);
    }

    private Objects.Loaded loadedAk() throws TpmException {
        Objects.Loaded loaded = ak;
        if (loaded == null) {
            throw new TpmException.TpmUnavailable("no attestation key is loaded", null);
        }
        return loaded;
    }

    public PublicArea deviceKey(DeviceKeyRequest request) throws TpmException {
        return deviceKeys.describe(request);
    }

    public SealedBlob seal(byte[] secret, Optional<PcrSelection> pcrs) throws TpmException {
        return sealing.seal(secret, pcrs);
    }

    public byte[] unseal(SealedBlob blob) throws TpmException {
        return sealing.unseal(blob);
    }

    public TpmInfo info() throws TpmException {
        return inspection.look();
    }

    /** Banks in which PCRs are allocated, of those known here. */
    public List<HashAlgorithm> activeBanks() throws TpmException {
        return pcrs.activeBanks();
    }

    /** The same failure; in lockout with the figures that say how long it lasts. */
    public TpmException explained(TpmException failure) {
        return failure instanceof CommandFailed refused && refused.lockout()
                ? refused.with(inspection.lockoutNow())
                : failure;
    }

    /** TPM2_GetRandom, as often as it takes. */
    public byte[] random(int count) throws TpmException {
        ByteBuffer out = ByteBuffer.allocate(count);
        while (out.hasRemaining()) {
            TpmReader in =
                    engine.run(
                                    Command.of(
                                            "TPM2_GetRandom",
                                            TPM_CC.GetRandom,
                                            new TPM2_GetRandom_REQUEST(out.remaining())))
                            .reader();
            byte[] piece = in.sized(out.remaining());
            in.end();
            if (piece.length == 0) {
                throw in.bad("no random bytes");
            }
            out.put(piece);
        }
        return out.array();
    }

    public PcrValues readPcrs(PcrSelection selection) throws TpmException {
        return pcrs.read(selection);
    }

    public void resetPcr(int pcr) throws TpmException {
        pcrs.reset(pcr);
    }

    public void extendPcr(int pcr, Map<HashAlgorithm, byte[]> digests) throws TpmException {
        pcrs.extend(pcr, digests);
    }

    /** Lets other users of the TPM in while nothing is to be done. */
    public void release() {
        transport.release();
    }

    /** Ends without a word: for a connection that is out of step. */
    public void abandon() {
        transport.close();
    }

    /** Flushes what is loaded, then closes. */
    @Override
    public void close() {
        try {
            dropAk();
        } catch (TpmException e) {
            // the way to the TPM is broken; the next start finds the AK by its Name
        } finally {
            transport.close();
        }
    }
}
