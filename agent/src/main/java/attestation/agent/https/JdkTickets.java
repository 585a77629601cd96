// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import javax.net.ssl.SSLException;

/** Turns session tickets of the JDK's TLS off, for one context. */
final class JdkTickets {
    /** Seconds; the JDK sends no TLS 1.3 ticket when sessions live longer than 7 days. */
    static final long LONGER_THAN_TICKETS_MAY_LIVE = 7L * 24 * 3600 + 1;

    private static final String PROPERTY = "jdk.tls.server.enableSessionTicketExtension";

    private JdkTickets() {}

    /** Makes a TLS context. */
    interface Maker<T> {
        T make() throws SSLException;
    }

    /** The JDK reads the property whenever it makes a server context, and has no other switch. */
    static synchronized <T> T without(Maker<T> maker) throws SSLException {
        String before = System.getProperty(PROPERTY);
        System.setProperty(PROPERTY, "false");
        try {
            return maker.make();
        } finally {
            if (before == null) {
                System.clearProperty(PROPERTY);
            } else {
                System.setProperty(PROPERTY, before);
            }
        }
    }
}
