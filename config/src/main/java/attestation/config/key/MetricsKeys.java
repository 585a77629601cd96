// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import java.util.List;

/** Section {@code [metrics]}. */
public final class MetricsKeys {
    public static final Key<Boolean> ENABLED =
            new Key<>(
                    "metrics",
                    "enabled",
                    Types.yesNo(),
                    false,
                    "",
                    "Whether /metrics is served on a TCP address too, in plain HTTP and to anyone who"
                            + " reaches it.");
    public static final Key<String> IP =
            new Key<>(
                    "metrics",
                    "ip",
                    Types.host(),
                    "127.0.0.1",
                    "",
                    "Address to listen on; a host name means all its addresses.");
    public static final Key<Integer> PORT =
            new Key<>(
                    "metrics",
                    "port",
                    Types.whole(0, 65535),
                    9003,
                    "",
                    "Port to listen on; 0 takes any free one.");

    static final List<Key<?>> ALL = List.of(ENABLED, IP, PORT);

    private MetricsKeys() {}
}
