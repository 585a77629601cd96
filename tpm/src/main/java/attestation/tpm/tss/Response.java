// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.wire.TpmReader;

/**
 * A successful answer.
 *
 * @param handle what the command loaded or started, 0 for none
 * @param parameters exactly as they came (decrypted where they were encrypted)
 */
record Response(String what, int handle, byte[] parameters) {
    TpmReader reader() {
        return new TpmReader("response to " + what, parameters);
    }
}
