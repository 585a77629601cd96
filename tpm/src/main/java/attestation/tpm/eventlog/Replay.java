// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.eventlog;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Extends the logged digests of one bank one after the other, as the TPM did. */
final class Replay {
    private final EventLog log;
    private final int algorithm;
    private final MessageDigest digest;

    Replay(EventLog log, int algorithm, MessageDigest digest) {
        this.log = log;
        this.algorithm = algorithm;
        this.digest = digest;
    }

    /** Of the PCRs that the log extends. */
    SortedMap<Integer, byte[]> values() {
        SortedMap<Integer, byte[]> pcrs = new TreeMap<>();
        for (FirmwareEvent event : log.events()) {
            byte[] value = event.digests().get(algorithm);
            if (event.extended() && value != null) {
                int pcr = (int) event.pcr();
                digest.update(pcrs.getOrDefault(pcr, first(pcr)));
                pcrs.put(pcr, digest.digest(value));
            }
        }
        return pcrs;
    }

    SortedSet<Integer> differing(Map<Integer, byte[]> quoted) {
        SortedMap<Integer, byte[]> ours = values();
        SortedSet<Integer> differing = new TreeSet<>();
        quoted.forEach(
                (pcr, value) -> {
                    if (!Arrays.equals(ours.getOrDefault(pcr, first(pcr)), value)) {
                        differing.add(pcr);
                    }
                });
        return differing;
    }

    /** Zeros; PCR 0 holds the startup locality in its last byte (Firmware Profile §3.3.4.1). */
    private byte[] first(int pcr) {
        byte[] value = new byte[digest.getDigestLength()];
        if (pcr == 0) {
            value[value.length - 1] = (byte) log.startupLocality().orElse(0);
        }
        return value;
    }
}
