// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import attestation.config.value.Secret;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Section {@code [tpm]}. */
public final class TpmKeys {
    public static final Key<String> TCTI =
            key(
                    "tcti",
                    Types.text(
                            "device:PATH, swtpm:path=SOCKET, swtpm:host=HOST,port=PORT, or empty",
                            "|device(:/[!-~]+)?|swtpm:path=/[!-~]+"
                                    + "|swtpm:(host=[!-+.-~]+,)?port=[0-9]{1,5}"),
                    "",
                    "How the TPM is reached: device:/dev/tpmrm0, swtpm:path=SOCKET or"
                            + " swtpm:host=HOST,port=PORT. Empty: the environment variable TCTI,"
                            + " else /dev/tpmrm0, else /dev/tpm0.");
    public static final Key<String> HASH_ALG =
            key(
                    "hash_alg",
                    Types.choice("sha1", "sha256", "sha384", "sha512", "sm3_256"),
                    "sha256",
                    "PCR bank that is quoted, and hash of the attestation key.");
    public static final Key<String> ENCRYPTION_ALG =
            key(
                    "encryption_alg",
                    Types.choice(
                            encryptionAlgorithms(),
                            List.of("rsa2048", "rsa3072", "rsa4096", "ecc256", "ecc384", "ecc521")),
                    "rsa2048",
                    "Kind of the endorsement key and the attestation key; rsa means rsa2048 and ecc"
                            + " means ecc256. Another kind is another identity.");
    public static final Key<String> SIGNING_ALG =
            key(
                    "signing_alg",
                    Types.choice("rsassa", "rsapss", "ecdsa"),
                    "rsassa",
                    "Scheme of the attestation key. Keylime's verifier checks rsassa and ecdsa.");
    public static final Key<OptionalInt> EK_HANDLE =
            key(
                    "ek_handle",
                    Types.handle("generate"),
                    OptionalInt.empty(),
                    "Persistent handle of the endorsement key, or generate to create it from the"
                            + " TCG's template at each start.");
    public static final Key<Secret> ENDORSEMENT_PASSWORD =
            key(
                    "endorsement_password",
                    Types.secret(),
                    Secret.NONE,
                    "Password of the endorsement hierarchy: text, or hex: and hexadecimal digits.");
    public static final Key<Secret> OWNER_PASSWORD =
            key(
                    "owner_password",
                    Types.secret(),
                    Secret.NONE,
                    "Password of the owner hierarchy, which seal_state and some EK certificates"
                            + " need: text, or hex: and hexadecimal digits.");
    public static final Key<Integer> QUEUE_LIMIT =
            key(
                    "queue_limit",
                    Types.whole(1, 10_000),
                    64,
                    "How many commands may wait for the TPM.");
    public static final Key<Integer> COMMAND_TIMEOUT_S =
            new Key<>(
                    "tpm",
                    "command_timeout_s",
                    Types.whole(1, 3600),
                    120,
                    "s",
                    "After how long a TPM command without an answer counts as lost; making a key"
                            + " takes some chips a minute.");
    public static final Key<Path> AGENT_DATA_PATH =
            key(
                    "agent_data_path",
                    Types.path(),
                    Path.of("agent_data.json"),
                    "File that keeps the attestation key between starts, in Keylime's format.");
    public static final Key<Boolean> SEAL_STATE =
            key(
                    "seal_state",
                    Types.yesNo(),
                    false,
                    "Whether payload key and payload secrets are encrypted under a key that only"
                            + " this TPM opens; Keylime's agent cannot take them over then.");
    public static final Key<Boolean> ENABLE_IAK_IDEVID =
            key(
                    "enable_iak_idevid",
                    Types.yesNo(),
                    false,
                    "Whether the TPM's device identity (IAK and IDevID) is registered, too.");
    public static final Key<String> IAK_IDEVID_TEMPLATE =
            key(
                    "iak_idevid_template",
                    Types.choice("detect", "manual", "H-1", "H-2", "H-3", "H-4", "H-5"),
                    "detect",
                    "TCG template of these keys; detect takes it from the certificate, manual from"
                            + " the next two keys.");
    public static final Key<String> IAK_IDEVID_ASYMMETRIC_ALG =
            key(
                    "iak_idevid_asymmetric_alg",
                    Types.choice("rsa", "ecc"),
                    "rsa",
                    "Kind of these keys with template manual.");
    public static final Key<String> IAK_IDEVID_NAME_ALG =
            key(
                    "iak_idevid_name_alg",
                    Types.choice("sha256", "sm3_256", "sha384", "sha512"),
                    "sha256",
                    "Name algorithm of these keys with template manual.");
    public static final Key<OptionalInt> IAK_HANDLE =
            key(
                    "iak_handle",
                    Types.handle(""),
                    OptionalInt.empty(),
                    "Persistent handle of the IAK; empty: made from the template.");
    public static final Key<Secret> IAK_PASSWORD =
            key("iak_password", Types.secret(), Secret.NONE, "Password of the IAK.");
    public static final Key<Optional<Path>> IAK_CERT =
            key(
                    "iak_cert",
                    Types.optionalPath(),
                    Optional.of(Path.of("iak-cert.crt")),
                    "Certificate of the IAK, PEM or DER; empty for none.");
    public static final Key<OptionalInt> IDEVID_HANDLE =
            key(
                    "idevid_handle",
                    Types.handle(""),
                    OptionalInt.empty(),
                    "Persistent handle of the IDevID; empty: made from the template.");
    public static final Key<Secret> IDEVID_PASSWORD =
            key("idevid_password", Types.secret(), Secret.NONE, "Password of the IDevID.");
    public static final Key<Optional<Path>> IDEVID_CERT =
            key(
                    "idevid_cert",
                    Types.optionalPath(),
                    Optional.of(Path.of("idevid-cert.crt")),
                    "Certificate of the IDevID, PEM or DER; empty for none.");

    static final List<Key<?>> ALL =
            List.of(
                    TCTI,
                    HASH_ALG,
                    ENCRYPTION_ALG,
                    SIGNING_ALG,
                    EK_HANDLE,
                    ENDORSEMENT_PASSWORD,
                    OWNER_PASSWORD,
                    QUEUE_LIMIT,
                    COMMAND_TIMEOUT_S,
                    AGENT_DATA_PATH,
                    SEAL_STATE,
                    ENABLE_IAK_IDEVID,
                    IAK_IDEVID_TEMPLATE,
                    IAK_IDEVID_ASYMMETRIC_ALG,
                    IAK_IDEVID_NAME_ALG,
                    IAK_HANDLE,
                    IAK_PASSWORD,
                    IAK_CERT,
                    IDEVID_HANDLE,
                    IDEVID_PASSWORD,
                    IDEVID_CERT);

    private TpmKeys() {}

    private static Map<String, String> encryptionAlgorithms() {
        Map<String, String> meaning = new LinkedHashMap<>();
        meaning.put("rsa", "rsa2048");
        meaning.put("ecc", "ecc256");
        List.of("rsa2048", "rsa3072", "rsa4096").forEach(name -> meaning.put(name, name));
        for (String bits : List.of("256", "384", "521")) {
            meaning.put("ecc" + bits, "ecc" + bits);
            meaning.put("ecc_nist_p" + bits, "ecc" + bits);
        }
        return meaning;
    }

    private static <T> Key<T> key(
            String option, ValueType<T> type, T standard, String description) {
        return new Key<>("tpm", option, type, standard, "", description);
    }
}
