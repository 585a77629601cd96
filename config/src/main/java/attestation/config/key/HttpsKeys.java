// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import attestation.config.value.AllowRule;
import attestation.config.value.Secret;

import java.nio.file.Path;
import java.util.List;

/** Section {@code [https]}. */
public final class HttpsKeys {
    public static final Key<String> IP =
            key(
                    "ip",
                    Types.host(),
                    "0.0.0.0",
                    "Address to listen on; a host name means all its addresses.");
    public static final Key<Integer> PORT =
            key("port", Types.whole(0, 65535), 9002, "Port to listen on; 0 takes any free one.");
    public static final Key<Boolean> MUTUAL_TLS =
            key(
                    "mutual_tls",
                    Types.yesNo(),
                    true,
                    "Whether TLS with a client certificate is required, for every path. With"
                            + " false the endpoint is plain HTTP, open to anyone: for experiments only.");
    public static final Key<Path> SERVER_KEY =
            key(
                    "server_key",
                    Types.path(),
                    Path.of("server-private.pem"),
                    "Private key, PEM; created when the file does not exist.");
    public static final Key<Secret> SERVER_KEY_PASSWORD =
            key(
                    "server_key_password",
                    Types.secret(),
                    Secret.NONE,
                    "Password of the private key's file.");
    public static final Key<Path> SERVER_CERT =
            key(
                    "server_cert",
                    Types.path(),
                    Path.of("server-cert.crt"),
                    "Certificate, PEM; a self-signed one is created when the file does not exist."
                            + " Verifiers pin it, so it is never replaced by itself.");
    public static final Key<Integer> CERTIFICATE_DAYS =
            numeric(
                    "certificate_days",
                    Types.whole(1, 36500),
                    3650,
                    "days",
                    "How long a self-signed certificate is valid.");
    public static final Key<List<Path>> TRUSTED_CLIENT_CA =
            key(
                    "trusted_client_ca",
                    Types.listOf(Types.path()),
                    List.of(Path.of("cv_ca/cacert.crt")),
                    "PEM files with the CA certificates that client certificates must chain to.");
    public static final Key<List<AllowRule>> ALLOW =
            key(
                    "allow",
                    Types.listOf(Types.allowRule()),
                    List.of(),
                    "Who of them may do what, for example [\"dns:verifier.example.org quotes keys\","
                            + " \"key:<SHA-256 of the public key> quotes\"]. Empty: every client"
                            + " with a certificate of these CAs may do everything.");
    public static final Key<Integer> MAX_CONNECTIONS =
            key(
                    "max_connections",
                    Types.whole(1, 65535),
                    1024,
                    "How many connections are open at once; more are closed at once.");
    public static final Key<Integer> MAX_CONNECTIONS_PER_PEER =
            key(
                    "max_connections_per_peer",
                    Types.whole(1, 65535),
                    256,
                    "How many of them may come from one address.");
    public static final Key<Integer> HANDSHAKE_TIMEOUT_MS =
            numeric(
                    "handshake_timeout_ms",
                    Types.whole(100, 600_000),
                    3000,
                    "ms",
                    "How long a TLS handshake may take.");
    public static final Key<Integer> HEAD_TIMEOUT_MS =
            numeric(
                    "head_timeout_ms",
                    Types.whole(100, 600_000),
                    5000,
                    "ms",
                    "How long a client may take to send the head of a request.");
    public static final Key<Integer> IDLE_TIMEOUT_MS =
            numeric(
                    "idle_timeout_ms",
                    Types.whole(100, 3_600_000),
                    5000,
                    "ms",
                    "How long a connection may stay open without a request.");
    public static final Key<Integer> MAX_HEAD_BYTES =
            numeric(
                    "max_head_bytes",
                    Types.whole(1024, 131_072),
                    16_384,
                    "bytes",
                    "Largest head of a request.");
    public static final Key<Integer> MAX_BODY_BYTES =
            numeric(
                    "max_body_bytes",
                    Types.whole(1024, 67_108_864),
                    2_097_152,
                    "bytes",
                    "Largest body of a request.");
    public static final Key<Integer> REQUEST_TIMEOUT_S =
            numeric(
                    "request_timeout_s",
                    Types.whole(1, 600),
                    50,
                    "s",
                    "How long a request may wait for the TPM or the list before it is answered 500;"
                            + " Keylime's verifier waits 60 s.");
    public static final Key<Integer> STOP_TIMEOUT_S =
            numeric(
                    "stop_timeout_s",
                    Types.whole(0, 300),
                    5,
                    "s",
                    "How long requests in flight may go on when the agent is stopped.");

    static final List<Key<?>> ALL =
            List.of(
                    IP,
                    PORT,
                    MUTUAL_TLS,
                    SERVER_KEY,
                    SERVER_KEY_PASSWORD,
                    SERVER_CERT,
                    CERTIFICATE_DAYS,
                    TRUSTED_CLIENT_CA,
                    ALLOW,
                    MAX_CONNECTIONS,
                    MAX_CONNECTIONS_PER_PEER,
                    HANDSHAKE_TIMEOUT_MS,
                    HEAD_TIMEOUT_MS,
                    IDLE_TIMEOUT_MS,
                    MAX_HEAD_BYTES,
                    MAX_BODY_BYTES,
                    REQUEST_TIMEOUT_S,
                    STOP_TIMEOUT_S);

    private HttpsKeys() {}

    private static <T> Key<T> key(
            String option, ValueType<T> type, T standard, String description) {
        return new Key<>("https", option, type, standard, "", description);
    }

    private static Key<Integer> numeric(
            String option, ValueType<Integer> type, int standard, String unit, String description) {
        return new Key<>("https", option, type, standard, unit, description);
    }
}
