// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

/** A part of the daemon that is started once and stopped once, in the order of its list. */
interface Service {
    /** For log lines. */
    String name();

    /** Starts; returns when what it offers is there, or when it keeps trying by itself. */
    void start() throws Exception;

    /** Stops and frees what it holds; called at most once, also after a start that failed. */
    void stop() throws Exception;
}
