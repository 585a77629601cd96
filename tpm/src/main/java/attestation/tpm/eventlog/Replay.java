// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.eventlog;

import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmException;

import java.security.MessageDigest;
import java.util.SortedMap;
import java.util.TreeMap;

/** Extends the logged digests one after the other, as the TPM did. */
final class Replay {
    private Replay() {}

    static SortedMap<Integer, byte[]> of(EventLog log, HashAlgorithm bank)
            throws TpmException.Unsupported {
        if (!log.algorithms().containsKey(bank.tpmId())) {
            throw new TpmException.Unsupported(
                    "firmware event log: no digests of bank " + bank.keylimeName());
        }
        MessageDigest digest = bank.newDigest();
        SortedMap<Integer, byte[]> pcrs = new TreeMap<>();
        for (FirmwareEvent event : log.events()) {
            byte[] value = event.digests().get(bank.tpmId());
            if (event.extended() && value != null) {
                int pcr = (int) event.pcr();
                digest.update(pcrs.getOrDefault(pcr, first(log, bank, pcr)));
                pcrs.put(pcr, digest.digest(value));
            }
        }
        return pcrs;
    }

    /** Zeros; PCR 0 holds the startup locality in its last byte (Firmware Profile §3.3.4.1). */
    private static byte[] first(EventLog log, HashAlgorithm bank, int pcr) {
        byte[] value = new byte[bank.size()];
        if (pcr == 0) {
            value[value.length - 1] = (byte) log.startupLocality().orElse(0);
        }
        return value;
    }
}
