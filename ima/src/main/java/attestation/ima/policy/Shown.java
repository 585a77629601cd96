// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import attestation.ima.Display;

/** A value of a policy in a message: harmless for a terminal, and not longer than a message. */
final class Shown {
    private static final int MOST = 80;

    private Shown() {}

    static String value(String value) {
        return value.length() > MOST
                ? Display.escape(value.substring(0, MOST)) + "…"
                : Display.escape(value);
    }
}
