// SPDX-License-Identifier: Apache-2.0
/**
 * The agent in numbers, for Prometheus: {@link attestation.agent.metrics.Exporter} makes the page
 * from what the owners count anyway, {@link attestation.agent.metrics.MetricsServer} serves it on a
 * TCP address. Nothing of the client library is loaded before the first scrape.
 */
package attestation.agent.metrics;
