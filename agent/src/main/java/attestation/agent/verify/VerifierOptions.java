// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What to verify at an agent, and how.
 *
 * @param url where the agent listens, for example {@code https://192.0.2.7:9002}
 * @param tls how to meet it
 * @param ak the AK that is trusted; without it nothing is ever called verified
 * @param pcrs bit i asks for PCR i, 0..23; PCR 16 is added by the protocol
 * @param wantPubkey whether to ask for the payload key, which PCR 16 then binds
 * @param from first line of the list to ask for; empty for where the state ends, or else 0
 * @param state file that holds what was proven before, and takes what is proven now
 * @param save folder that takes the evidence
 * @param timeout for each answer as a whole
 * @param maxListBytes of one answer
 * @param policy what is accepted
 */
public record VerifierOptions(
        URI url,
        Tls tls,
        Optional<Path> ak,
        int pcrs,
        boolean wantPubkey,
        OptionalLong from,
        Optional<Path> state,
        Optional<Path> save,
        Duration timeout,
        long maxListBytes,
        Policy policy) {

    /**
     * Certificates of both ends.
     *
     * @param certificate PEM chain that is shown to the agent
     * @param key its private key
     * @param ca PEM of the CAs that vouch for agents
     * @param serverCertificate PEM of the very certificates that are taken
     */
    public record Tls(
            Path certificate, Path key, Optional<Path> ca, Optional<Path> serverCertificate) {}
}
