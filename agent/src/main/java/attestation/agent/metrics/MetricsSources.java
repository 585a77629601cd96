// SPDX-License-Identifier: Apache-2.0
package attestation.agent.metrics;

import attestation.agent.evidence.QuoteFigures;
import attestation.agent.https.ServerCounters;
import attestation.agent.keylime.registration.Polls;
import attestation.agent.status.Latencies;
import attestation.ima.follow.ListStatistics;
import attestation.tpm.TpmSnapshot;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where the numbers come from. Each is cheap, never blocks, and may be asked from any thread.
 *
 * @param quotes since the start
 * @param sending how long answers with a quote took from their first to their last byte
 * @param list empty before it was looked at
 * @param tpm and its queue
 * @param https the endpoint of the verifiers
 * @param lastPoll the newest pull of evidence
 * @param certificateEnd empty without a certificate
 * @param registered empty where no registrar is configured
 */
public record MetricsSources(
        Supplier<QuoteFigures> quotes,
        Supplier<Latencies.Snapshot> sending,
        Supplier<Optional<ListStatistics>> list,
        Supplier<TpmSnapshot> tpm,
        Supplier<ServerCounters> https,
        Supplier<Optional<Polls.Poll>> lastPoll,
        Supplier<Optional<Instant>> certificateEnd,
        Supplier<Optional<Boolean>> registered) {}
