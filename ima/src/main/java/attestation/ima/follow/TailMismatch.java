// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import java.io.IOException;

/** A list that was opened again does not hold the entry read last where it stood. */
final class TailMismatch extends IOException {
    private static final long serialVersionUID = 1L;

    TailMismatch() {
        super("the entry read last is no longer where it stood");
    }
}
