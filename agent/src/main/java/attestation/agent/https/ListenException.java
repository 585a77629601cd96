// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/** The server cannot listen where it was told to; the message names the address and what to do. */
public final class ListenException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String address;

    ListenException(String address, String message, @Nullable Throwable cause) {
        super("cannot listen on " + address + ": " + message, cause);
        this.address = address;
    }

    /** For example {@code 192.0.2.7:9002}. */
    public String address() {
        return address;
    }
}
