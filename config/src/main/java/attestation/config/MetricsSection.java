// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.MetricsKeys;

/**
 * Numbers for Prometheus on a TCP address.
 *
 * @param enabled false: on the status socket only
 * @param ip address or host name to listen on
 * @param port 0 for any free one
 */
public record MetricsSection(boolean enabled, String ip, int port) {
    public MetricsSection {
        MetricsKeys.IP.require(ip);
        MetricsKeys.PORT.require(port);
    }

    static MetricsSection of(Values values) {
        return new MetricsSection(
                values.get(MetricsKeys.ENABLED),
                values.get(MetricsKeys.IP),
                values.get(MetricsKeys.PORT));
    }
}
