// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import java.nio.file.Path;
import java.util.List;

/** Section {@code [registrar]}. */
public final class RegistrarKeys {
    public static final Key<String> IP =
            key(
                    "ip",
                    Types.optionalHost(),
                    "",
                    "",
                    "Registrar's address or host name; empty: this host is not registered.");
    public static final Key<Integer> PORT =
            key("port", Types.whole(1, 65535), 8890, "", "Registrar's port without TLS.");
    public static final Key<Boolean> TLS =
            key("tls", Types.yesNo(), false, "", "Whether to register over TLS.");
    public static final Key<Integer> TLS_PORT =
            key("tls_port", Types.whole(1, 65535), 8891, "", "Registrar's port with TLS.");
    public static final Key<Path> TLS_CA_CERT =
            key(
                    "tls_ca_cert",
                    Types.path(),
                    Path.of("cv_ca/cacert.crt"),
                    "",
                    "PEM file with the CA certificates that the registrar's certificate must chain"
                            + " to.");
    public static final Key<Integer> REQUEST_TIMEOUT_MS =
            key(
                    "request_timeout_ms",
                    Types.whole(100, 600_000),
                    30_000,
                    "ms",
                    "How long the registrar may take to answer.");
    public static final Key<Integer> RETRY_INITIAL_DELAY_MS =
            key(
                    "retry_initial_delay_ms",
                    Types.whole(1, 86_400_000),
                    10_000,
                    "ms",
                    "Pause after the first failed registration; it doubles with each failure.");
    public static final Key<Integer> RETRY_MAX_DELAY_MS =
            key(
                    "retry_max_delay_ms",
                    Types.whole(1, 86_400_000),
                    300_000,
                    "ms",
                    "Longest pause; the agent never gives up. A registered one asks as often whether it is known.");

    static final List<Key<?>> ALL =
            List.of(
                    IP,
                    PORT,
                    TLS,
                    TLS_PORT,
                    TLS_CA_CERT,
                    REQUEST_TIMEOUT_MS,
                    RETRY_INITIAL_DELAY_MS,
                    RETRY_MAX_DELAY_MS);

    private RegistrarKeys() {}

    private static <T> Key<T> key(
            String option, ValueType<T> type, T standard, String unit, String description) {
        return new Key<>("registrar", option, type, standard, unit, description);
    }
}
