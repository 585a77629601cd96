// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.eventlog;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.eventlog.EventLogException.Kind;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.SequencedMap;

/** PC Client Platform Firmware Profile §10.2 and §10.4.5. */
final class EventLogParser {
    private static final byte[] SPEC_ID_03 =
            "Spec ID Event03\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LOCALITY = "StartupLocality\0".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_ALGORITHMS = 16;
    private static final int MAX_DIGEST = 64;
    private static final int MAX_PCR = 23;
    private static final int MAX_LOCALITY = 4;

    private final byte[] bytes;
    private final List<FirmwareEvent> events = new ArrayList<>();
    private final SequencedMap<Integer, Integer> algorithms = new LinkedHashMap<>();
    private boolean cryptoAgile;
    private OptionalInt locality = OptionalInt.empty();
    private int position;

    private EventLogParser(byte[] bytes) {
        this.bytes = bytes;
    }

    static EventLog parse(byte[] bytes) throws EventLogException {
        if (bytes.length > EventLog.MAX_BYTES) {
            String reason = bytes.length + " bytes (expected: at most " + EventLog.MAX_BYTES + ")";
            throw new EventLogException(Kind.TOO_LARGE, 0, 0, reason);
        }
        EventLogParser parser = new EventLogParser(bytes);
        parser.algorithms.put(HashAlgorithm.SHA1.tpmId(), HashAlgorithm.SHA1.size());
        while (parser.position < bytes.length) {
            parser.next();
        }
        return new EventLog(parser.cryptoAgile, parser.algorithms, parser.locality, parser.events);
    }

    private void next() throws EventLogException {
        int number = events.size();
        LogReader in = new LogReader(bytes, position, bytes.length, number);
        FirmwareEvent event = event(in, number);
        position = in.position();
        events.add(event);
        if (number == 0 && startsWith(event, SPEC_ID_03)) {
            specId(event);
        }
        if (startsWith(event, LOCALITY)) {
            startupLocality(event);
        }
    }

    private FirmwareEvent event(LogReader in, int number) throws EventLogException {
        long pcr = in.u32();
        long type = in.u32();
        if (pcr > MAX_PCR && type != FirmwareEvent.EV_NO_ACTION) {
            throw in.malformed("PCR " + pcr + " (expected: 0..23)");
        }
        SequencedMap<Integer, byte[]> digests = cryptoAgile ? digests(in) : legacyDigest(in);
        byte[] data = in.bytes(in.u32());
        return new FirmwareEvent(number, pcr, type, digests, data);
    }

    private static SequencedMap<Integer, byte[]> legacyDigest(LogReader in)
            throws EventLogException {
        SequencedMap<Integer, byte[]> digest = new LinkedHashMap<>();
        digest.put(HashAlgorithm.SHA1.tpmId(), in.bytes(HashAlgorithm.SHA1.size()));
        return digest;
    }

    private SequencedMap<Integer, byte[]> digests(LogReader in) throws EventLogException {
        long count = in.u32();
        if (count > algorithms.size()) {
            throw in.malformed(
                    count
                            + " digests (expected: at most "
                            + algorithms.size()
                            + ", as the header)");
        }
        SequencedMap<Integer, byte[]> digests = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            int algorithm = in.u16();
            Integer size = algorithms.get(algorithm);
            if (size == null || digests.containsKey(algorithm)) {
                throw in.malformed(
                        "digest algorithm 0x"
                                + Integer.toHexString(algorithm)
                                + " (expected: one of the header's, once)");
            }
            digests.put(algorithm, in.bytes(size));
        }
        return digests;
    }

    /** TCG_EfiSpecIDEvent: from the next event on, digests are as it says. */
    private void specId(FirmwareEvent header) throws EventLogException {
        LogReader in = new LogReader(header.data(), 0, header.data().length, 0);
        in.bytes(SPEC_ID_03.length);
        in.u32(); // platform class
        in.bytes(4); // version minor and major, errata, size of UINTN
        long count = in.u32();
        if (count < 1 || count > MAX_ALGORITHMS) {
            throw in.malformed(count + " digest algorithms (expected: 1.." + MAX_ALGORITHMS + ")");
        }
        algorithms.clear();
        for (int i = 0; i < count; i++) {
            algorithm(in, in.u16(), in.u16());
        }
        in.bytes(in.u8()); // vendor information
        if (in.remaining() != 0) {
            throw in.malformed(in.remaining() + " bytes too many in the Spec ID event");
        }
        cryptoAgile = true;
    }

    private void algorithm(LogReader in, int id, int size) throws EventLogException {
        int expected = HashAlgorithm.ofTpmId(id).map(HashAlgorithm::size).orElse(size);
        if (size < 1 || size > MAX_DIGEST || size != expected) {
            throw in.malformed(
                    "digest of 0x" + Integer.toHexString(id) + " with " + size + " bytes");
        }
        if (algorithms.put(id, size) != null) {
            throw in.malformed("digest algorithm 0x" + Integer.toHexString(id) + " twice");
        }
    }

    private void startupLocality(FirmwareEvent event) throws EventLogException {
        LogReader in = new LogReader(event.data(), 0, event.data().length, event.number());
        in.bytes(LOCALITY.length);
        int value = in.u8();
        boolean extendedBefore = events.stream().anyMatch(e -> e.extended() && e.pcr() == 0);
        if (in.remaining() != 0 || value > MAX_LOCALITY || locality.isPresent() || extendedBefore) {
            throw in.malformed(
                    "startup locality " + value + " (expected: 0..4, once, before PCR 0's first)");
        }
        locality = OptionalInt.of(value);
    }

    private static boolean startsWith(FirmwareEvent event, byte[] signature) {
        return !event.extended()
                && event.data().length >= signature.length
                && Arrays.equals(event.data(), 0, signature.length, signature, 0, signature.length);
    }
}
