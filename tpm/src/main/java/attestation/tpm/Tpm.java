// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import attestation.tpm.queue.TpmWorker;
import attestation.tpm.transport.TransportOpener;
import attestation.tpm.transport.Transports;
import attestation.tpm.tss.TpmConnection;
import attestation.tpm.wire.PublicArea;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A TPM 2.0 in use by this process: keys, quotes, PCRs.
 *
 * <p>Thread-safe. Every call waits for its turn in a bounded queue and at most for its timeout; one
 * thread inside owns the TPM. A TPM that is away is waited for, one that comes back is used again
 * and its attestation key loaded anew. Nothing stays in the TPM but that key, and it goes with
 * {@link #close}.
 *
 * <p>Failures: {@link TpmException.CommandFailed} when the TPM refuses, {@link
 * TpmException.TpmUnavailable} when there is none in time, {@link TpmException.TpmBusy} when the
 * turn did not come in time, {@link TpmException.TimedOut} when the TPM took too long.
 */
public final class Tpm implements AutoCloseable {
    private static final int MAX_RANDOM = 1024;

    private final TpmWorker worker;
    private volatile Optional<QuoteSignature> signature = Optional.empty();

    private Tpm(TpmWorker worker) {
        this.worker = worker;
    }

    /** Returns at once, also where no TPM is there yet. */
    public static Tpm start(TpmSettings settings) {
        return start(settings, Transports.opener(settings.address()), Clock.systemUTC());
    }

    /** Touches no TPM before {@link #start()}; until then requests wait. */
    public static Tpm prepare(TpmSettings settings) {
        TransportOpener opener = Transports.opener(settings.address());
        return new Tpm(new TpmWorker(settings, opener, Clock.systemUTC()));
    }

    /** Begins to use what was prepared; once, returns at once. */
    public void start() {
        worker.start();
    }

    /** The same over another way to the TPM. */
    public static Tpm start(TpmSettings settings, TransportOpener opener, Clock clock) {
        TpmWorker worker = new TpmWorker(settings, opener, clock);
        worker.start();
        return new Tpm(worker);
    }

    /** The state of things; never waits for the TPM. */
    public TpmSnapshot snapshot() {
        return worker.snapshot();
    }

    /** Longest qualifying data of a quote, in bytes; empty before the TPM was first reached. */
    public OptionalInt maxQualifyingData() {
        return worker.maxQualifyingData();
    }

    /** The endorsement key's public side, its certificate and chain; nothing stays loaded. */
    public EndorsementKey endorsementKey(EkRequest request, Duration timeout)
            throws TpmException, InterruptedException {
        return ask("endorsement key", timeout, c -> c.endorsementKey(request));
    }

    /** Makes an attestation key under the EK; nothing stays loaded. */
    public AkBlob createAk(EkRequest request, AkTemplate template, Duration timeout)
            throws TpmException, InterruptedException {
        return ask("creating the AK", timeout, c -> c.createAk(request, template));
    }

    /** Loads the key that quotes from now on; it is loaded again whenever the TPM lost it. */
    public AttestationKey loadAk(EkRequest request, AkBlob blob, Duration timeout)
            throws TpmException, InterruptedException {
        AttestationKey loaded =
                ask(
                        "loading the AK",
                        timeout,
                        c -> {
                            AttestationKey key = c.loadAk(request, blob);
                            worker.keepLoaded(request, blob);
                            return key;
                        });
        signature = QuoteSignature.of(loaded.publicArea());
        return loaded;
    }

    /**
     * Quotes by the loaded attestation key: one TPM command, unless the key has to be loaded again,
     * or the answer does not stand: it is for this nonce and selection, and signed by this key.
     *
     * @param qualifyingData the nonce, at most {@link #maxQualifyingData} bytes
     */
    public Quote quote(byte[] qualifyingData, PcrSelection selection, Lane lane, Duration timeout)
            throws TpmException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        byte[] data = qualifyingData.clone();
        Quote quote = worker.call("quote", lane, true, timeout, c -> quoteOnce(c, data, selection));
        if (!isSigned(quote)) {
            worker.doubted(unsigned());
            Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
            quote = worker.call("quote", lane, true, left, c -> signed(c, data, selection));
        }
        worker.clock(quote.info().clock());
        return quote;
    }

    /**
     * Verified by the thread that asks, so that the TPM can go on; only a second time by its own.
     */
    private Quote signed(TpmConnection connection, byte[] data, PcrSelection selection)
            throws TpmException {
        Quote quote = quoteOnce(connection, data, selection);
        if (!isSigned(quote)) {
            throw unsigned();
        }
        return quote;
    }

    private boolean isSigned(Quote quote) {
        return signature.isEmpty() || signature.get().fits(quote);
    }

    private static TpmException.BadResponse unsigned() {
        return new TpmException.BadResponse(
                "TPM2_Quote: the signature is not the AK's over this quote - something between TPM"
                        + " and host changed it");
    }

    private Quote quoteOnce(TpmConnection connection, byte[] data, PcrSelection selection)
            throws TpmException {
        var quote = connection.quote(data, selection);
        if (quote.isEmpty()) {
            worker.reload(connection);
            quote = connection.quote(data, selection);
        }
        return quote.orElseThrow(
                () ->
                        new TpmException.TpmUnavailable(
                                "quote: the AK was loaded and is gone again - another program"
                                        + " flushes it; use /dev/tpmrm0",
                                null));
    }

    /**
     * TPM2_ActivateCredential for the loaded attestation key and its EK; the secret crosses the bus
     * encrypted.
     *
     * @param idObject TPM2B_ID_OBJECT
     * @param encryptedSecret TPM2B_ENCRYPTED_SECRET
     */
    public byte[] activateCredential(byte[] idObject, byte[] encryptedSecret, Duration timeout)
            throws TpmException, InterruptedException {
        byte[] id = idObject.clone();
        byte[] secret = encryptedSecret.clone();
        return ask(
                "activating the credential",
                timeout,
                c -> usingAk(c, ek -> c.activateCredential(ek, id, secret)));
    }

    /** The loaded attestation key certified by the IAK; nothing else stays loaded. */
    public Certification certify(DeviceKeyRequest iak, byte[] qualifyingData, Duration timeout)
            throws TpmException, InterruptedException {
        byte[] data = qualifyingData.clone();
        return ask("certifying the AK", timeout, c -> usingAk(c, _ -> c.certify(iak, data)));
    }

    private interface AkUse<T> {
        T with(EkRequest parent) throws TpmException;
    }

    /** With the AK loaded; once more when it turns out to have gone. */
    private <T> T usingAk(TpmConnection connection, AkUse<T> use) throws TpmException {
        try {
            return use.with(worker.withAk(connection));
        } catch (TpmException.CommandFailed e) {
            if (!connection.forgetIfGone(e)) {
                throw e;
            }
            return use.with(worker.withAk(connection));
        }
    }

    /** The public area of an IDevID or IAK; nothing stays loaded. */
    public PublicArea deviceKey(DeviceKeyRequest request, Duration timeout)
            throws TpmException, InterruptedException {
        return ask("device key", timeout, c -> c.deviceKey(request));
    }

    /** Seals 1 to 128 bytes to this TPM and, where given, to the present values of PCRs. */
    public SealedBlob seal(byte[] secret, Optional<PcrSelection> pcrs, Duration timeout)
            throws TpmException, InterruptedException {
        byte[] copy = secret.clone();
        return ask("sealing", timeout, c -> c.seal(copy, pcrs));
    }

    /** Opens what {@link #seal} gave. */
    public byte[] unseal(SealedBlob blob, Duration timeout)
            throws TpmException, InterruptedException {
        return ask("unsealing", timeout, c -> c.unseal(blob));
    }

    /** Random bytes of the TPM, at most 1024. */
    public byte[] getRandom(int count, Duration timeout) throws TpmException, InterruptedException {
        if (count < 1 || count > MAX_RANDOM) {
            throw new IllegalArgumentException(
                    "random bytes: " + count + " (expected: 1.." + MAX_RANDOM + ")");
        }
        return ask("random bytes", timeout, c -> c.random(count));
    }

    /** PCR banks in use, of those known here; one command. */
    public List<HashAlgorithm> activeBanks(Duration timeout)
            throws TpmException, InterruptedException {
        return ask("PCR banks", timeout, TpmConnection::activeBanks);
    }

    /** Everything the TPM says of itself; makes the EKs whose certificates it finds. */
    public TpmInfo info(Duration timeout) throws TpmException, InterruptedException {
        return ask("TPM information", timeout, TpmConnection::info);
    }

    /**
     * Values of PCRs, all of one moment.
     *
     * @throws TpmException.Unsupported when a bank is not active in this TPM
     */
    public PcrValues readPcrs(PcrSelection selection, Duration timeout)
            throws TpmException, InterruptedException {
        return ask("reading PCRs", timeout, c -> c.readPcrs(selection));
    }

    /** TPM2_PCR_Reset. */
    public void resetPcr(int pcr, Duration timeout) throws TpmException, InterruptedException {
        requirePcr(pcr);
        worker.call("resetting a PCR", Lane.IDENTITY, true, timeout, c -> reset(c, pcr));
    }

    /** TPM2_PCR_Extend; never repeated: after a broken connection it may have happened. */
    public void extendPcr(int pcr, Map<HashAlgorithm, byte[]> digests, Duration timeout)
            throws TpmException, InterruptedException {
        requirePcr(pcr);
        digests.forEach(Tpm::requireDigest);
        Map<HashAlgorithm, byte[]> copy = Map.copyOf(digests);
        worker.call(
                "extending a PCR",
                Lane.IDENTITY,
                false,
                timeout,
                c -> {
                    c.extendPcr(pcr, copy);
                    return true;
                });
    }

    /** Resets a PCR and extends it once, with nothing of ours between. */
    public void setPcr(int pcr, HashAlgorithm bank, byte[] digest, Duration timeout)
            throws TpmException, InterruptedException {
        requirePcr(pcr);
        requireDigest(bank, digest);
        byte[] copy = digest.clone();
        ask(
                "setting a PCR",
                timeout,
                c -> {
                    c.resetPcr(pcr);
                    c.extendPcr(pcr, Map.of(bank, copy));
                    return true;
                });
    }

    private static boolean reset(TpmConnection connection, int pcr) throws TpmException {
        connection.resetPcr(pcr);
        return true;
    }

    private static void requirePcr(int pcr) {
        PcrSelection.of(HashAlgorithm.SHA256, pcr);
    }

    private static void requireDigest(HashAlgorithm bank, byte[] digest) {
        if (digest.length != bank.size()) {
            throw new IllegalArgumentException(
                    "digest for bank "
                            + bank.keylimeName()
                            + ": "
                            + digest.length
                            + " bytes (expected: "
                            + bank.size()
                            + ")");
        }
    }

    private <T> T ask(String what, Duration timeout, TpmWorker.Work<T> work)
            throws TpmException, InterruptedException {
        return worker.call(what, Lane.IDENTITY, true, timeout, work);
    }

    /**
     * Flushes the attestation key and ends; requests that wait fail. Waits a few seconds at most.
     */
    @Override
    public void close() {
        worker.close();
    }
}
