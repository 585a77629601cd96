// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import attestation.config.key.AgentKeys;
import attestation.config.key.HttpsKeys;
import attestation.config.key.ImaKeys;
import attestation.config.key.PayloadKeys;
import attestation.config.key.RegistrarKeys;
import attestation.config.key.TpmKeys;

import java.util.List;
import java.util.Optional;

/** Every option that Keylime's agents have or had; mapping, manual page and tests come from it. */
public final class KeylimeOptions {
    private static final String CLIENT_CA = "cv_ca/cacert.crt";

    private static final String ZEROMQ =
            "the verifier's webhook, POST /notifications/revocation, which always works";

    private static final List<KeylimeOption> ALL = new Table().fill();

    private KeylimeOptions() {}

    /** All of them, in the order of Keylime's own file. */
    public static List<KeylimeOption> all() {
        return ALL;
    }

    /** The option of that name. */
    public static Optional<KeylimeOption> find(String name) {
        return ALL.stream().filter(option -> option.name().equals(name)).findFirst();
    }

    private static final class Table extends OptionTable {
        List<KeylimeOption> fill() {
            identity();
            endpoint();
            payload();
            revocation();
            tpm();
            deviceIdentity();
            logs();
            registration();
            push();
            former();
            return rows();
        }

        private void identity() {
            ignored("version", "2.0", "the file's version is not checked", "Version of the file.");
            mapped(
                    "api_versions",
                    Shape.LIST,
                    "default",
                    AgentKeys.API_VERSIONS,
                    Translations::apiVersions,
                    "API versions served: default (all), latest, or a list.");
            mapped(
                    "uuid",
                    Shape.TEXT,
                    Translations.SAMPLE_UUID,
                    AgentKeys.UUID,
                    Translations::uuid,
                    "This host's id: a UUID, hash_ek, generate, dmidecode, machine_id, hostname or"
                            + " another fixed id.");
            plain(
                    "contact_ip",
                    Shape.TEXT,
                    "127.0.0.1",
                    AgentKeys.CONTACT_IP,
                    "Address under which verifiers reach this host.");
            plain(
                    "contact_port",
                    Shape.WHOLE,
                    "9002",
                    AgentKeys.CONTACT_PORT,
                    "Port under which verifiers reach this host.");
            mapped(
                    "keylime_dir",
                    Shape.TEXT,
                    "/var/lib/keylime",
                    AgentKeys.STATE_DIR,
                    Translations::directory,
                    "Working directory; relative paths lie under it. KEYLIME_DIR beats it.");
            mapped(
                    "run_as",
                    Shape.TEXT,
                    "",
                    AgentKeys.RUN_AS,
                    Translations::runAs,
                    "User and group to become when started as root; keylime:tss by default then.");
        }

        private void endpoint() {
            plain("ip", Shape.TEXT, "127.0.0.1", HttpsKeys.IP, "Address to listen on.");
            plain("port", Shape.WHOLE, "9002", HttpsKeys.PORT, "Port to listen on.");
            plain(
                    "enable_agent_mtls",
                    Shape.SWITCH,
                    "true",
                    HttpsKeys.MUTUAL_TLS,
                    "Whether mutual TLS is required.");
            path("server_key", "server-private.pem", HttpsKeys.SERVER_KEY, "TLS key.");
            plain(
                    "server_key_password",
                    Shape.TEXT,
                    "",
                    HttpsKeys.SERVER_KEY_PASSWORD,
                    "Password of the TLS key.");
            path("server_cert", "server-cert.crt", HttpsKeys.SERVER_CERT, "TLS certificate.");
            mapped(
                    "trusted_client_ca",
                    Shape.LIST,
                    "default",
                    HttpsKeys.TRUSTED_CLIENT_CA,
                    Translations.paths(CLIENT_CA),
                    "CA certificates that client certificates must chain to.");
        }

        private void payload() {
            path("payload_key", "payload-private.pem", PayloadKeys.KEY, "Payload key, RSA 2048.");
            plain(
                    "payload_key_password",
                    Shape.TEXT,
                    "",
                    PayloadKeys.KEY_PASSWORD,
                    "Password of the payload key.");
            plain(
                    "enc_keyname",
                    Shape.TEXT,
                    "derived_tci_key",
                    PayloadKeys.ENC_KEYNAME,
                    "File for the payload's key.");
            plain(
                    "dec_payload_file",
                    Shape.TEXT,
                    "decrypted_payload",
                    PayloadKeys.DEC_PAYLOAD_FILE,
                    "File for the decrypted payload.");
            plain(
                    "secure_size",
                    Shape.TEXT,
                    "1m",
                    PayloadKeys.SECURE_SIZE,
                    "Size of the tmpfs for payloads.");
            plain(
                    "extract_payload_zip",
                    Shape.SWITCH,
                    "true",
                    PayloadKeys.EXTRACT_PAYLOAD_ZIP,
                    "Whether ZIP payloads are unpacked.");
            plain(
                    "payload_script",
                    Shape.TEXT,
                    "autorun.sh",
                    PayloadKeys.SCRIPT,
                    "Script in the payload that is run; empty for none.");
            plain(
                    "enable_insecure_payload",
                    Shape.SWITCH,
                    "false",
                    PayloadKeys.ENABLE_INSECURE_PAYLOAD,
                    "Whether payloads are taken without mutual TLS.");
        }

        private void revocation() {
            plain(
                    "allow_payload_revocation_actions",
                    Shape.SWITCH,
                    "true",
                    PayloadKeys.ALLOW_PAYLOAD_REVOCATION_ACTIONS,
                    "Whether payloads may bring revocation actions.");
            path(
                    "revocation_cert",
                    "secure/unzipped/RevocationNotifier-cert.crt",
                    PayloadKeys.REVOCATION_CERT,
                    "Certificate whose key signs revocation messages.");
            mapped(
                    "revocation_actions",
                    Shape.LIST,
                    "",
                    PayloadKeys.REVOCATION_ACTIONS,
                    Translations::asIs,
                    "Actions run at a revocation message.");
            plain(
                    "revocation_actions_dir",
                    Shape.TEXT,
                    "/usr/libexec/keylime",
                    PayloadKeys.REVOCATION_ACTIONS_DIR,
                    "Directory of these actions.");
            deprecated("enable_revocation_notifications", Shape.SWITCH, "false", ZEROMQ);
            deprecated("revocation_notification_ip", Shape.TEXT, "127.0.0.1", ZEROMQ);
            deprecated("revocation_notification_port", Shape.WHOLE, "8992", ZEROMQ);
        }

        private void tpm() {
            plain("tpm_hash_alg", Shape.TEXT, "sha256", TpmKeys.HASH_ALG, "PCR bank and AK hash.");
            plain(
                    "tpm_encryption_alg",
                    Shape.TEXT,
                    "rsa",
                    TpmKeys.ENCRYPTION_ALG,
                    "Kind of EK and AK.");
            plain(
                    "tpm_signing_alg",
                    Shape.TEXT,
                    "rsassa",
                    TpmKeys.SIGNING_ALG,
                    "Scheme of the AK.");
            stripped("ek_handle", "generate", TpmKeys.EK_HANDLE, "Persistent handle of the EK.");
            plain(
                    "tpm_ownerpassword",
                    Shape.TEXT,
                    "",
                    TpmKeys.ENDORSEMENT_PASSWORD,
                    "Password of the endorsement hierarchy, in spite of its name.");
            path(
                    "agent_data_path",
                    "agent_data.json",
                    TpmKeys.AGENT_DATA_PATH,
                    "File that keeps the AK.");
        }

        private void deviceIdentity() {
            plain(
                    "enable_iak_idevid",
                    Shape.SWITCH,
                    "false",
                    TpmKeys.ENABLE_IAK_IDEVID,
                    "Whether IAK and IDevID are registered.");
            mapped(
                    "iak_idevid_template",
                    Shape.TEXT,
                    "H-1",
                    TpmKeys.IAK_IDEVID_TEMPLATE,
                    Translations::template,
                    "Template of IAK and IDevID.");
            plain(
                    "iak_idevid_asymmetric_alg",
                    Shape.TEXT,
                    "rsa",
                    TpmKeys.IAK_IDEVID_ASYMMETRIC_ALG,
                    "Their kind with template manual.");
            plain(
                    "iak_idevid_name_alg",
                    Shape.TEXT,
                    "sha256",
                    TpmKeys.IAK_IDEVID_NAME_ALG,
                    "Their name algorithm with template manual.");
            stripped("iak_handle", "", TpmKeys.IAK_HANDLE, "Persistent handle of the IAK.");
            stripped(
                    "idevid_handle", "", TpmKeys.IDEVID_HANDLE, "Persistent handle of the IDevID.");
            plain("iak_password", Shape.TEXT, "", TpmKeys.IAK_PASSWORD, "Password of the IAK.");
            plain(
                    "idevid_password",
                    Shape.TEXT,
                    "",
                    TpmKeys.IDEVID_PASSWORD,
                    "Password of the IDevID.");
            mapped(
                    "iak_cert",
                    Shape.TEXT,
                    "default",
                    TpmKeys.IAK_CERT,
                    Translations.optionalPath("iak-cert.crt"),
                    "Certificate of the IAK; empty for none.");
            mapped(
                    "idevid_cert",
                    Shape.TEXT,
                    "default",
                    TpmKeys.IDEVID_CERT,
                    Translations.optionalPath("idevid-cert.crt"),
                    "Certificate of the IDevID; empty for none.");
        }

        private void logs() {
            mapped(
                    "ima_ml_path",
                    Shape.TEXT,
                    "default",
                    ImaKeys.LIST,
                    // Our own default finds the list on every kernel.
                    Translations.logPath(""),
                    "The kernel's measurement list; a relative path lies under /.");
            mapped(
                    "measuredboot_ml_path",
                    Shape.TEXT,
                    "default",
                    ImaKeys.BOOT_LOG,
                    Translations.logPath("/sys/kernel/security/tpm0/binary_bios_measurements"),
                    "The firmware's log; a relative path lies under /.");
        }

        private void registration() {
            plain(
                    "registrar_ip",
                    Shape.TEXT,
                    "127.0.0.1",
                    RegistrarKeys.IP,
                    "Registrar's address.");
            plain("registrar_port", Shape.WHOLE, "8890", RegistrarKeys.PORT, "Registrar's port.");
            plain(
                    "registrar_tls_port",
                    Shape.WHOLE,
                    "8891",
                    RegistrarKeys.TLS_PORT,
                    "Registrar's port with TLS.");
            plain(
                    "registrar_tls_enabled",
                    Shape.SWITCH,
                    "false",
                    RegistrarKeys.TLS,
                    "Whether to register over TLS; Keylime's own agent does so in the push model"
                            + " only.");
            path(
                    "registrar_tls_ca_cert",
                    CLIENT_CA,
                    RegistrarKeys.TLS_CA_CERT,
                    "CA of the registrar's certificate.");
            plain(
                    "exponential_backoff_initial_delay",
                    Shape.WHOLE,
                    "10000",
                    RegistrarKeys.RETRY_INITIAL_DELAY_MS,
                    "First pause between registrations, in ms.");
            plain(
                    "exponential_backoff_max_delay",
                    Shape.WHOLE,
                    "300000",
                    RegistrarKeys.RETRY_MAX_DELAY_MS,
                    "Longest pause between registrations, in ms.");
            add(
                    "exponential_backoff_max_retries",
                    Shape.WHOLE,
                    "5",
                    new Fate.Ignored("this agent never stops trying to register"),
                    "How often registration was tried again.");
        }

        private void push() {
            push("attestation_interval_seconds", Shape.WHOLE, "60");
            push("verifier_url", Shape.TEXT, "https://localhost:8881");
            push("verifier_tls_ca_cert", Shape.TEXT, "default");
            push("registrar_api_versions", Shape.LIST, "default");
            push("certification_keys_server_identifier", Shape.TEXT, "ak");
            push("uefi_logs_evidence_version", Shape.TEXT, "2.1");
            push("tls_accept_invalid_certs", Shape.SWITCH, "false");
            push("tls_accept_invalid_hostnames", Shape.SWITCH, "false");
        }

        /** What older files have: those of Keylime 6 and those that its templates 2.0 wrote. */
        private void former() {
            former("agent_uuid", "uuid");
            former("cloudagent_ip", "ip");
            former("cloudagent_port", "port");
            former("agent_contact_ip", "contact_ip");
            former("agent_contact_port", "contact_port");
            former("mtls_cert_enabled", "enable_agent_mtls");
            former("rsa_keyname", "server_key");
            former("private_key_pw", "server_key_password");
            former("mtls_cert", "server_cert");
            former("keylime_ca", "trusted_client_ca");
            former("listen_notifications", ZEROMQ);
            former("receive_revocation_ip", ZEROMQ);
            former("receive_revocation_port", ZEROMQ);
            deprecated(
                    "tls_dir",
                    Shape.TEXT,
                    "default",
                    "full paths in server_key, server_cert and trusted_client_ca");
            deprecated("measure_payload_pcr", Shape.TEXT, "-1", "nothing");
            deprecated(
                    "exponential_backoff",
                    Shape.SWITCH,
                    "true",
                    "exponential_backoff_initial_delay");
            deprecated("retry_interval", Shape.TEXT, "2", "exponential_backoff_initial_delay");
            deprecated(
                    "max_retries",
                    Shape.TEXT,
                    "4",
                    "nothing, this agent never stops trying to register");
        }
    }
}
