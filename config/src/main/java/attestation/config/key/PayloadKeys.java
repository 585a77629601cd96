// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import attestation.config.value.Secret;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Section {@code [payload]}. */
public final class PayloadKeys {
    public static final Key<Boolean> ENABLED =
            key(
                    "enabled",
                    Types.yesNo(),
                    false,
                    "Whether payloads are taken and their scripts run: it lets the tenant run"
                            + " commands on this host.");
    public static final Key<Path> KEY =
            key(
                    "key",
                    Types.path(),
                    Path.of("payload-private.pem"),
                    "RSA key that payload keys are encrypted to, PEM; created when the file does"
                            + " not exist.");
    public static final Key<Secret> KEY_PASSWORD =
            key("key_password", Types.secret(), Secret.NONE, "Password of that key's file.");
    public static final Key<String> ENC_KEYNAME =
            key(
                    "enc_keyname",
                    Types.fileName(),
                    "derived_tci_key",
                    "File name for the payload's key in the secure directory.");
    public static final Key<String> DEC_PAYLOAD_FILE =
            key(
                    "dec_payload_file",
                    Types.fileName(),
                    "decrypted_payload",
                    "File name for the decrypted payload in the secure directory.");
    public static final Key<String> SECURE_SIZE =
            key(
                    "secure_size",
                    Types.text("a number with k, m, g or %", "[0-9]{1,12}[kKmMgG%]?"),
                    "1m",
                    "Size of the secure directory's tmpfs when the agent mounts it.");
    public static final Key<Boolean> EXTRACT_PAYLOAD_ZIP =
            key(
                    "extract_payload_zip",
                    Types.yesNo(),
                    true,
                    "Whether a payload that is a ZIP file is unpacked.");
    public static final Key<String> SCRIPT =
            key(
                    "script",
                    Types.optionalPathBelow(),
                    "autorun.sh",
                    "Script in the payload that is run; empty for none.");
    public static final Key<Integer> SCRIPT_TIMEOUT_S =
            seconds("script_timeout_s", 600, "How long the script may run before it is stopped.");
    public static final Key<Optional<Path>> SCRIPT_SOCKET =
            key(
                    "script_socket",
                    Types.optionalAbsolutePath(),
                    Optional.empty(),
                    "Socket of the unit that runs scripts and actions by a user of its own, as the"
                            + " drop-in payload-scripts.conf sets it; empty: the agent starts them"
                            + " itself, which its unit does not let it.");
    public static final Key<Boolean> ENABLE_INSECURE_PAYLOAD =
            key(
                    "enable_insecure_payload",
                    Types.yesNo(),
                    false,
                    "Whether payloads are taken without mutual TLS: anyone who reaches the port"
                            + " could run commands on this host.");
    public static final Key<Boolean> ALLOW_PAYLOAD_REVOCATION_ACTIONS =
            key(
                    "allow_payload_revocation_actions",
                    Types.yesNo(),
                    true,
                    "Whether a payload may bring actions for revocation messages.");
    public static final Key<Path> REVOCATION_CERT =
            key(
                    "revocation_cert",
                    Types.path(),
                    Path.of("secure/unzipped/RevocationNotifier-cert.crt"),
                    "Certificate whose key signs revocation messages.");
    public static final Key<List<String>> REVOCATION_ACTIONS =
            key(
                    "revocation_actions",
                    Types.listOf(Types.fileName()),
                    List.of(),
                    "Actions run at a revocation message, before those of the payload.");
    public static final Key<Path> REVOCATION_ACTIONS_DIR =
            key(
                    "revocation_actions_dir",
                    Types.absolutePath(),
                    Path.of("/usr/libexec/keylime"),
                    "Directory of these actions.");
    public static final Key<Integer> ACTION_TIMEOUT_S =
            seconds("action_timeout_s", 60, "How long an action may run before it is stopped.");

    static final List<Key<?>> ALL =
            List.of(
                    ENABLED,
                    KEY,
                    KEY_PASSWORD,
                    ENC_KEYNAME,
                    DEC_PAYLOAD_FILE,
                    SECURE_SIZE,
                    EXTRACT_PAYLOAD_ZIP,
                    SCRIPT,
                    SCRIPT_TIMEOUT_S,
                    SCRIPT_SOCKET,
                    ENABLE_INSECURE_PAYLOAD,
                    ALLOW_PAYLOAD_REVOCATION_ACTIONS,
                    REVOCATION_CERT,
                    REVOCATION_ACTIONS,
                    REVOCATION_ACTIONS_DIR,
                    ACTION_TIMEOUT_S);

    private PayloadKeys() {}

    private static <T> Key<T> key(
            String option, ValueType<T> type, T standard, String description) {
        return new Key<>("payload", option, type, standard, "", description);
    }

    private static Key<Integer> seconds(String option, int standard, String description) {
        return new Key<>("payload", option, Types.whole(1, 86_400), standard, "s", description);
    }
}
