// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import attestation.ima.Entry;
import attestation.ima.ReplayMode;

import java.util.Arrays;

/** One PCR of one bank as the kernel's IMA extends it, from any value on. */
final class PcrFold {
    private final HashAlg bank;
    private final ReplayMode mode;
    private byte[] value;

    PcrFold(HashAlg bank, ReplayMode mode, byte[] start) {
        this.bank = bank;
        this.mode = mode;
        this.value = start.clone();
    }

    void extend(Entry entry) {
        value = bank.hash(value, extension(entry));
    }

    byte[] value() {
        return value;
    }

    ReplayMode mode() {
        return mode;
    }

    private byte[] extension(Entry entry) {
        if (entry.violation()) {
            int ones = mode == ReplayMode.PADDED_SHA1_VIOLATIONS_TOO ? 20 : bank.size();
            byte[] extension = new byte[bank.size()];
            Arrays.fill(extension, 0, ones, (byte) 0xff);
            return extension;
        }
        HashAlg hash = mode == ReplayMode.HASH ? bank : HashAlg.SHA1;
        return Arrays.copyOf(hash.hash(entry.templateData()), bank.size());
    }
}
