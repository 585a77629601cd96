// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.ClockInfo;
import attestation.tpm.TpmException;
import attestation.tpm.TpmException.CommandFailed;
import attestation.tpm.TpmInfo;
import attestation.tpm.TpmRc;
import attestation.tpm.wire.AttestHead;
import attestation.tpm.wire.PublicArea;
import attestation.tpm.wire.Selections;
import attestation.tpm.wire.TpmReader;

import tss.tpm.TPM2_ReadClock_REQUEST;
import tss.tpm.TPM_CC;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at a TPM from all sides without changing it. */
final class Inspection {
    private static final int NV_FIRST = 0x01000000;
    private static final int LOADED_SESSIONS = 0x02000000;
    private static final int SAVED_SESSIONS = 0x03000000;
    private static final int TRANSIENT = 0x80000000;
    private static final int PERSISTENT = 0x81000000;
    private static final int PERMANENT = 0x200;
    private static final int SHORTEST_KEY = 24;
    private static final int IN_LOCKOUT = 1 << 9;
    private static final int LOCKOUT_COUNTER = 0x20e;

    private final Engine engine;
    private final Properties properties;
    private final EndorsementKeys endorsementKeys;
    private final EkCertificates certificates;

    Inspection(
            Engine engine,
            Properties properties,
            EndorsementKeys endorsementKeys,
            EkCertificates certificates) {
        this.engine = engine;
        this.properties = properties;
        this.endorsementKeys = endorsementKeys;
        this.certificates = certificates;
    }

    TpmInfo look() throws TpmException {
        Optional<String> failure = failure();
        boolean works = failure.isEmpty();
        return new TpmInfo(
                properties.manufacturer(),
                properties.model(),
                properties.firmware(),
                spec(),
                works ? banks() : List.of(),
                works ? named(Capabilities.algorithms(engine)) : List.of(),
                works ? curves() : List.of(),
                works ? handles() : NO_HANDLES,
                works ? Optional.of(lockout()) : Optional.empty(),
                failure,
                works ? Optional.of(readClock(engine)) : Optional.empty(),
                works ? ekCertificates() : List.of(),
                works ? certificates.chain() : List.of());
    }

    private static final TpmInfo.Handles NO_HANDLES =
            new TpmInfo.Handles(List.of(), List.of(), List.of(), List.of(), List.of());

    /** In failure mode a TPM tells little but its maker, and what else it says means nothing. */
    private Optional<String> failure() throws TpmException {
        try {
            readClock(engine);
            return Optional.empty();
        } catch (CommandFailed e) {
            if (e.rc().base() != TpmRc.FAILURE) {
                throw e;
            }
            return Optional.of(e.getMessage());
        }
    }

    static ClockInfo readClock(Engine engine) throws TpmException {
        TpmReader in =
                engine.run(
                                Command.of(
                                        "TPM2_ReadClock",
                                        TPM_CC.ReadClock,
                                        new TPM2_ReadClock_REQUEST()))
                        .reader();
        in.i64(); // time since the TPM started
        ClockInfo clock = AttestHead.clock(in);
        in.end();
        return clock;
    }

    private TpmInfo.Spec spec() {
        return new TpmInfo.Spec(
                Properties.text(properties.value(0x100)),
                properties.value(0x101),
                properties.value(0x102),
                properties.value(0x104),
                properties.value(0x103));
    }

    private List<TpmInfo.Bank> banks() throws TpmException {
        List<TpmInfo.Bank> banks = new ArrayList<>();
        for (Selections.Raw raw : Capabilities.banks(engine)) {
            String name = AlgorithmNames.algorithm(raw.hash());
            banks.add(new TpmInfo.Bank(raw.hash(), name, raw.mask()));
        }
        return banks;
    }

    private static List<String> named(List<Integer> algorithms) {
        return algorithms.stream().map(AlgorithmNames::algorithm).toList();
    }

    private List<String> curves() throws TpmException {
        try {
            return Capabilities.curves(engine).stream().map(AlgorithmNames::curve).toList();
        } catch (CommandFailed e) {
            return List.of(); // a TPM without elliptic curves may refuse the question
        }
    }

    private TpmInfo.Handles handles() throws TpmException {
        return new TpmInfo.Handles(
                Capabilities.handles(engine, PERSISTENT),
                Capabilities.handles(engine, TRANSIENT),
                Capabilities.handles(engine, LOADED_SESSIONS),
                Capabilities.handles(engine, SAVED_SESSIONS),
                Capabilities.handles(engine, NV_FIRST));
    }

    private TpmInfo.Lockout lockout() throws TpmException {
        Map<Integer, Integer> now = Capabilities.properties(engine, Properties.VARIABLE);
        return new TpmInfo.Lockout(
                (now.getOrDefault(PERMANENT, 0) & IN_LOCKOUT) != 0,
                unsigned(now, LOCKOUT_COUNTER),
                unsigned(now, LOCKOUT_COUNTER + 1),
                unsigned(now, LOCKOUT_COUNTER + 2),
                unsigned(now, LOCKOUT_COUNTER + 3));
    }

    /** For an error text; empty when the TPM does not say. */
    String lockoutNow() {
        try {
            TpmInfo.Lockout now = lockout();
            return String.format(
                    "; now %d failures count of the %d that lock it, and one is forgiven every"
                            + " %d s",
                    now.counter(), now.maxTries(), now.intervalSeconds());
        } catch (TpmException e) {
            return ""; // the refusal itself is what counts
        }
    }

    private static long unsigned(Map<Integer, Integer> values, int property) {
        return Integer.toUnsignedLong(values.getOrDefault(property, 0));
    }

    private List<TpmInfo.EkCertificate> ekCertificates() throws TpmException {
        List<Integer> present = Capabilities.handles(engine, NV_FIRST);
        List<TpmInfo.EkCertificate> found = new ArrayList<>();
        for (EkTemplate template : EkTemplate.values()) {
            if (present.contains(template.certificateIndex())) {
                found.add(certificate(template));
            }
        }
        return found;
    }

    private TpmInfo.EkCertificate certificate(EkTemplate template) throws TpmException {
        int index = template.certificateIndex();
        EkCertificates.Found found = certificates.at(index);
        if (found.certificate().isEmpty()) {
            return new TpmInfo.EkCertificate(
                    index, template.label, Optional.empty(), found.note(), Optional.empty());
        }
        byte[] bytes = found.certificate().get();
        try (Objects.Loaded key = endorsementKeys.make(template)) {
            boolean matches = contains(bytes, keyBytes(key.area()));
            return new TpmInfo.EkCertificate(
                    index, template.label, Optional.of(bytes), "", Optional.of(matches));
        } catch (CommandFailed e) {
            String note = e.getMessage();
            return new TpmInfo.EkCertificate(
                    index, template.label, Optional.of(bytes), note, Optional.empty());
        }
    }

    /** What identifies the key however the certificate wraps it: some makers' DER is odd. */
    private static byte[] keyBytes(PublicArea area) {
        return switch (area.key()) {
            case PublicArea.Key.Rsa rsa -> rsa.modulus();
            case PublicArea.Key.Ecc ecc -> ecc.x();
            case PublicArea.Key.KeyedHash hash -> hash.digest();
        };
    }

    private static boolean contains(byte[] all, byte[] part) {
        for (int i = 0; part.length >= SHORTEST_KEY && i + part.length <= all.length; i++) {
            if (Arrays.equals(all, i, i + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }
}
