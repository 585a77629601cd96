// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.PcrSelection;
import attestation.tpm.PcrValues;
import attestation.tpm.TpmException;
import attestation.tpm.wire.Selections;
import attestation.tpm.wire.TpmReader;

import tss.tpm.TPM2_PCR_Extend_REQUEST;
import tss.tpm.TPM2_PCR_Read_REQUEST;
import tss.tpm.TPM2_PCR_Reset_REQUEST;
import tss.tpm.TPMS_PCR_SELECTION;
import tss.tpm.TPMT_HA;
import tss.tpm.TPM_CC;
import tss.tpm.TPM_HANDLE;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/** PCR commands (Part 3 §22). */
final class Pcrs {
    private static final int MAX_PCRS_A_READ = 8;
    private static final int ATTEMPTS = 5;

    private final Engine engine;

    Pcrs(Engine engine) {
        this.engine = engine;
    }

    /** One TPM2_PCR_Read: values it gave, in order, with their counter. */
    private record Piece(long counter, HashAlgorithm bank, int mask, List<byte[]> values) {}

    /**
     * All values of one moment: the update counter stays the same from the first read to the last,
     * else it begins again, at most {@value #ATTEMPTS} times.
     */
    PcrValues read(PcrSelection selection) throws TpmException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            SequencedMap<HashAlgorithm, SortedMap<Integer, byte[]>> values = new LinkedHashMap<>();
            if (readOnce(selection, values)) {
                return new PcrValues(values);
            }
        }
        throw new TpmException.TpmBusy(
                "TPM2_PCR_Read of "
                        + selection
                        + ": PCRs changed during each of "
                        + ATTEMPTS
                        + " attempts - ask for fewer at once");
    }

    private boolean readOnce(
            PcrSelection selection, SequencedMap<HashAlgorithm, SortedMap<Integer, byte[]>> values)
            throws TpmException {
        long counter = -1;
        for (Map.Entry<HashAlgorithm, Integer> bank : selection.banks().entrySet()) {
            SortedMap<Integer, byte[]> got = new TreeMap<>();
            int left = bank.getValue();
            while (left != 0) {
                Piece piece = piece(bank.getKey(), left);
                if (counter >= 0 && piece.counter() != counter) {
                    return false;
                }
                counter = piece.counter();
                put(piece, got);
                left &= ~piece.mask();
            }
            values.put(bank.getKey(), got);
        }
        return true;
    }

    private static void put(Piece piece, SortedMap<Integer, byte[]> values) {
        int next = 0;
        for (int pcr = 0; pcr < PcrSelection.PCR_COUNT; pcr++) {
            if ((piece.mask() & 1 << pcr) != 0) {
                values.put(pcr, piece.values().get(next++));
            }
        }
    }

    private Piece piece(HashAlgorithm bank, int mask) throws TpmException {
        TPMS_PCR_SELECTION[] wanted = {selection(bank, mask)};
        TpmReader in =
                engine.run(
                                Command.of(
                                        "TPM2_PCR_Read of " + PcrSelection.ofMask(bank, mask),
                                        TPM_CC.PCR_Read,
                                        new TPM2_PCR_Read_REQUEST(wanted)))
                        .reader();
        long counter = in.u32();
        int got = mask(in, bank, mask);
        int count = in.count(MAX_PCRS_A_READ, 2);
        if (count != Integer.bitCount(got)) {
            throw in.bad(count + " values for " + Integer.bitCount(got) + " PCRs");
        }
        List<byte[]> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(in.sized());
            if (values.getLast().length != bank.size()) {
                throw in.bad("PCR value of " + values.getLast().length + " bytes");
            }
        }
        in.end();
        return new Piece(counter, bank, got, values);
    }

    private static int mask(TpmReader in, HashAlgorithm bank, int asked) throws TpmException {
        List<Selections.Raw> banks = Selections.read(in);
        int got = 0;
        for (Selections.Raw raw : banks) {
            if (raw.hash() != bank.tpmId() || (raw.mask() & ~asked) != 0) {
                throw in.bad("PCRs that were not asked for");
            }
            got |= raw.mask();
        }
        if (got == 0) {
            throw notAllocated(bank);
        }
        return got;
    }

    static TpmException.Unsupported notAllocated(HashAlgorithm bank) {
        return new TpmException.Unsupported(
                "PCR bank: "
                        + bank.keylimeName()
                        + " is not active in this TPM (expected: an allocated bank) - choose"
                        + " another hash, or allocate it (tpm2_pcrallocate, then reboot)");
    }

    List<HashAlgorithm> activeBanks() throws TpmException {
        return Capabilities.banks(engine).stream()
                .filter(bank -> bank.mask() != 0)
                .flatMap(bank -> HashAlgorithm.ofTpmId(bank.hash()).stream())
                .toList();
    }

    void reset(int pcr) throws TpmException {
        engine.run(
                Command.of(
                                "TPM2_PCR_Reset of PCR " + pcr,
                                TPM_CC.PCR_Reset,
                                new TPM2_PCR_Reset_REQUEST(new TPM_HANDLE(pcr)))
                        .on(Ref.unnamed(pcr))
                        .with(Authorization.EMPTY));
    }

    void extend(int pcr, Map<HashAlgorithm, byte[]> digests) throws TpmException {
        TPMT_HA[] list =
                digests.entrySet().stream()
                        .map(e -> new TPMT_HA(Templates.id(e.getKey()), e.getValue()))
                        .toArray(TPMT_HA[]::new);
        engine.run(
                Command.of(
                                "TPM2_PCR_Extend of PCR " + pcr,
                                TPM_CC.PCR_Extend,
                                new TPM2_PCR_Extend_REQUEST(new TPM_HANDLE(pcr), list))
                        .on(Ref.unnamed(pcr))
                        .with(Authorization.EMPTY));
    }

    static TPMS_PCR_SELECTION[] selections(PcrSelection selection) {
        return selection.banks().entrySet().stream()
                .map(e -> selection(e.getKey(), e.getValue()))
                .toArray(TPMS_PCR_SELECTION[]::new);
    }

    private static TPMS_PCR_SELECTION selection(HashAlgorithm bank, int mask) {
        byte[] bitmap = {(byte) mask, (byte) (mask >> 8), (byte) (mask >> 16)};
        return new TPMS_PCR_SELECTION(Templates.id(bank), bitmap);
    }
}
