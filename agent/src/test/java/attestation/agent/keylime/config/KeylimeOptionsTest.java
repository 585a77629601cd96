// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.config.Notice;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Every option by name: what its default becomes, what a value becomes, what is refused. */
class KeylimeOptionsTest {
    /**
     * Option, our key, its value by default, a value, our key's value then, source of the value.
     */
    private static final String MAPPED =
            """
            api_versions|agent.api_versions|["2.1", "2.2", "2.3", "2.4", "2.5", "2.6"]|"2.3 2.2"|["2.2", "2.3"]
            uuid|agent.uuid|"d432fbb3-d2f1-4a97-9ef7-75bd81c00000"|"hash_ek"|"hash_ek"
            contact_ip|agent.contact_ip|"127.0.0.1"|"host.example"|"host.example"
            contact_port|agent.contact_port|9002|9003|9003
            keylime_dir|agent.state_dir|"/var/lib/keylime"|"/s"|"/s"
            run_as|agent.run_as|""|""|""
            ip|https.ip|"127.0.0.1"|"[::1]"|"::1"
            port|https.port|9002|"9004"|9004
            enable_agent_mtls|https.mutual_tls|true|"On"|true
            server_key|https.server_key|"/var/lib/keylime/server-private.pem"|"k.pem"|"/var/lib/keylime/k.pem"
            server_key_password|https.server_key_password|""|"pw"|***
            server_cert|https.server_cert|"/var/lib/keylime/server-cert.crt"|"/c"|"/c"
            trusted_client_ca|https.trusted_client_ca|["/var/lib/keylime/cv_ca/cacert.crt"]|"'/a b', default c"|["/a b", "/var/lib/keylime/cv_ca/cacert.crt", "/var/lib/keylime/c"]
            payload_key|payload.key|"/var/lib/keylime/payload-private.pem"|"p"|"/var/lib/keylime/p"
            payload_key_password|payload.key_password|""|"pw"|***
            enc_keyname|payload.enc_keyname|"derived_tci_key"|"k"|"k"
            dec_payload_file|payload.dec_payload_file|"decrypted_payload"|"f"|"f"
            secure_size|payload.secure_size|"1m"|"20%"|"20%"
            extract_payload_zip|payload.extract_payload_zip|true|0|false
            payload_script|payload.script|"autorun.sh"|""|""
            enable_insecure_payload|payload.enable_insecure_payload|false|"YES"|true
            allow_payload_revocation_actions|payload.allow_payload_revocation_actions|true|"no"|false
            revocation_cert|payload.revocation_cert|"/var/lib/keylime/secure/unzipped/RevocationNotifier-cert.crt"|"r"|"/var/lib/keylime/r"
            revocation_actions|payload.revocation_actions|[]|["a", "b"]|["a", "b"]
            revocation_actions_dir|payload.revocation_actions_dir|"/usr/libexec/keylime"|"/x"|"/x"
            tpm_hash_alg|tpm.hash_alg|"sha256"|"sha384"|"sha384"
            tpm_encryption_alg|tpm.encryption_alg|"rsa2048"|"rsa4096"|"rsa4096"
            tpm_signing_alg|tpm.signing_alg|"rsassa"|"rsapss"|"rsapss"
            ek_handle|tpm.ek_handle|"generate"|"81010001"|"0x81010001"
            ek_handle|tpm.ek_handle|"generate"|""|"generate"
            tpm_ownerpassword|tpm.endorsement_password|""|"hex:00ff"|***
            agent_data_path|tpm.agent_data_path|"/var/lib/keylime/agent_data.json"|""|"/var/lib/keylime/agent_data.json"
            enable_iak_idevid|tpm.enable_iak_idevid|false|1|true
            iak_idevid_template|tpm.iak_idevid_template|"H-1"|""|"detect"
            iak_idevid_asymmetric_alg|tpm.iak_idevid_asymmetric_alg|"rsa"|"ecc"|"ecc"
            iak_idevid_name_alg|tpm.iak_idevid_name_alg|"sha256"|"sha512"|"sha512"
            iak_handle|tpm.iak_handle|""|"0x81020000"|"0x81020000"
            idevid_handle|tpm.idevid_handle|""|" 0x81020001 "|"0x81020001"
            iak_password|tpm.iak_password|""|"pw"|***
            idevid_password|tpm.idevid_password|""|"pw"|***
            iak_cert|tpm.iak_cert|"/var/lib/keylime/iak-cert.crt"|""|""
            idevid_cert|tpm.idevid_cert|"/var/lib/keylime/idevid-cert.crt"|"/i"|"/i"
            ima_ml_path|ima.list|""|"tmp/ima.log"|"/tmp/ima.log"
            measuredboot_ml_path|ima.boot_log|"/sys/kernel/security/tpm0/binary_bios_measurements"|"/b"|"/b"
            registrar_ip|registrar.ip|"127.0.0.1"|"r.example"|"r.example"
            registrar_port|registrar.port|8890|8892|8892
            registrar_tls_port|registrar.tls_port|8891|8893|8893
            registrar_tls_enabled|registrar.tls|false|true|true
            registrar_tls_ca_cert|registrar.tls_ca_cert|"/var/lib/keylime/cv_ca/cacert.crt"|"/ca"|"/ca"
            exponential_backoff_initial_delay|registrar.retry_initial_delay_ms|10000|500|500
            exponential_backoff_max_delay|registrar.retry_max_delay_ms|300000|20000|20000
            """;

    private static final List<String> PUSH_ONLY =
            List.of(
                    "attestation_interval_seconds",
                    "verifier_url",
                    "verifier_tls_ca_cert",
                    "registrar_api_versions",
                    "certification_keys_server_identifier",
                    "uefi_logs_evidence_version",
                    "tls_accept_invalid_certs",
                    "tls_accept_invalid_hostnames");

    @TempDir Path root;

    static Stream<List<String>> mapped() {
        return MAPPED.lines().map(line -> List.of(line.split("\\|")));
    }

    static Stream<KeylimeOption> options() {
        return KeylimeOptions.all().stream();
    }

    @Test
    void table_hasEveryOptionOfTheProtocolAndNoOtherThatCounts() {
        List<String> expected =
                Stream.concat(
                                Stream.concat(mapped().map(List::getFirst), PUSH_ONLY.stream()),
                                Stream.of("version", "exponential_backoff_max_retries"))
                        .distinct()
                        .sorted()
                        .toList();

        List<String> counting =
                options()
                        .filter(option -> !(option.fate() instanceof Fate.Former))
                        .map(KeylimeOption::name)
                        .sorted()
                        .toList();

        assertEquals(expected, counting);
        assertEquals(
                KeylimeOptions.all().size(), options().map(KeylimeOption::name).distinct().count());
    }

    @ParameterizedTest
    @MethodSource("mapped")
    void load_nothingSet_isKeylimesDefault(List<String> option) {
        KeylimeHost host = KeylimeHost.with(root);

        assertEquals(option.get(2), host.row(option.get(1)).value());
        assertEquals("Keylime's default", host.row(option.get(1)).origin());
        assertEquals(option.get(0), host.row(option.get(1)).writtenAs());
    }

    @ParameterizedTest
    @MethodSource("mapped")
    void load_setInFile_becomesOurKey(List<String> option) {
        KeylimeHost host = KeylimeHost.with(root, "", option.get(0) + " = " + option.get(3));

        assertEquals(option.get(4), host.row(option.get(1)).value());
        assertEquals(root + "/etc/keylime/agent.conf:3", host.row(option.get(1)).origin());
    }

    @ParameterizedTest
    @MethodSource("mapped")
    void load_setInEnvironment_becomesOurKey(List<String> option) {
        String text = option.get(3).replace("[\"a\", \"b\"]", "a,b").replaceAll("^\"|\"$", "");
        String variable = "KEYLIME_AGENT_" + option.getFirst().toUpperCase(Locale.ROOT);
        KeylimeHost host = KeylimeHost.with(root).environment(variable, text);

        assertEquals(option.get(4), host.row(option.get(1)).value());
        assertEquals("environment " + variable, host.row(option.get(1)).origin());
        assertEquals(
                variable, KeylimeOptions.find(option.getFirst()).orElseThrow().environmentName());
    }

    @ParameterizedTest
    @MethodSource("options")
    void load_tableInPlaceOfAnyValue_isRefusedByName(KeylimeOption option) {
        List<String> problems =
                KeylimeHost.with(root, option.name() + " = { a = \"zz\" }").problems();

        assertEquals(1, problems.size());
        String shown = option.name().contains("password") ? "***" : "a table";
        assertTrue(
                problems.getFirst().startsWith(option.name() + ": " + shown + " (expected: "),
                problems.getFirst());
        assertTrue(
                problems.getFirst().endsWith(" [/etc/keylime/agent.conf:2]"), problems.getFirst());
        assertFalse(problems.getFirst().contains("zz"), problems.getFirst());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "uuid = 'a b'|uuid: `a b` (expected: hash_ek, generate, dmidecode, machine_id,"
                        + " hostname, a UUID, or an id of at most 80 letters, digits and _.-)",
                "uuid = 'environment'|uuid: `environment` (expected: hash_ek, generate, dmidecode,"
                        + " machine_id, hostname, a UUID, or an id of at most 80 letters, digits"
                        + " and _.-)",
                "uuid = ''|uuid: `` (expected: hash_ek, generate, dmidecode, machine_id, hostname,"
                        + " a UUID, or an id of at most 80 letters, digits and _.-)",
                "port = 'abc'|port: `abc` (expected: a whole number)",
                "port = 70000|port: 70000 (expected: 0..65535)",
                "contact_port = 0|contact_port: 0 (expected: 1..65535)",
                "contact_ip = 'a_b'|contact_ip: `a_b` (expected: an IPv4 or IPv6 address or a host"
                        + " name)",
                "ip = 'fe80::1%lo'|ip: `fe80::1%lo` (expected: an IPv4 or IPv6 address or a host"
                        + " name)",
                "registrar_ip = 'r.'|registrar_ip: `r.` (expected: an IPv4 or IPv6 address or a"
                        + " host name, or empty)",
                "enable_agent_mtls = 'maybe'|enable_agent_mtls: `maybe` (expected: true or false)",
                "enable_agent_mtls = 2|enable_agent_mtls: 2 (expected: true or false)",
                "trusted_client_ca = ''|trusted_client_ca: empty (expected: at least one file"
                        + " while mutual TLS is on)",
                "trusted_client_ca = [1, [2]]|trusted_client_ca: a list (expected: text)",
                "enc_keyname = '../k'|enc_keyname: `../k` (expected: a file name without /)",
                "enc_keyname = ''|enc_keyname: `` (expected: a file name without /)",
                "dec_payload_file = '/k'|dec_payload_file: `/k` (expected: a file name without /)",
                "payload_script = '/bin/sh'|payload_script: `/bin/sh` (expected: a relative path"
                        + " without .., or empty)",
                "secure_size = '1x'|secure_size: `1x` (expected: a number with k, m, g or %)",
                "revocation_actions = 'a /b'|revocation_actions: `/b` (expected: a file name"
                        + " without /)",
                "revocation_actions_dir = 'x'|revocation_actions_dir: `x` (expected: an absolute"
                        + " path)",
                "keylime_dir = 'x'|keylime_dir: `x` (expected: an absolute path)",
                "tpm_hash_alg = 'md5'|tpm_hash_alg: `md5` (expected: sha1, sha256, sha384, sha512,"
                        + " sm3_256)",
                "tpm_encryption_alg = 'rsa1024'|tpm_encryption_alg: `rsa1024` (expected: rsa2048,"
                        + " rsa3072, rsa4096, ecc256, ecc384, ecc521)",
                "tpm_signing_alg = 'ecschnorr'|tpm_signing_alg: `ecschnorr` (expected: rsassa,"
                        + " rsapss, ecdsa)",
                "tpm_signing_alg = 'ecdsa'|tpm_signing_alg: ecdsa does not fit a key of rsa2048"
                        + " (expected: rsassa or rsapss)",
                "ek_handle = 'xyz'|ek_handle: `xyz` (expected: generate, or a persistent handle"
                        + " 0x81000000..0x81ffffff)",
                "iak_handle = '0x01'|iak_handle: `0x01` (expected: empty, or a persistent handle"
                        + " 0x81000000..0x81ffffff)",
                "iak_idevid_template = 'H-9'|iak_idevid_template: `H-9` (expected: detect, manual,"
                        + " H-1, H-2, H-3, H-4, H-5)",
                "tpm_ownerpassword = 'hex:hunter2'|tpm_ownerpassword: *** (expected: text, or hex:"
                        + " and an even number of hexadecimal digits, at most 1024 bytes)",
                "exponential_backoff_initial_delay = -1|exponential_backoff_initial_delay: -1"
                        + " (expected: 1..86400000)",
                "exponential_backoff_max_retries = 'x'|exponential_backoff_max_retries: `x`"
                        + " (expected: a whole number)",
                "attestation_interval_seconds = []|attestation_interval_seconds: a list"
                        + " (expected: a whole number)",
            })
    void load_badValue_isRefusedWithFileAndLine(String line, String expected) {
        assertEquals(
                List.of(expected.replace('`', '"') + " [/etc/keylime/agent.conf:2]"),
                KeylimeHost.with(root, line).problems());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "attestation_interval_seconds = 61|INFO|attestation_interval_seconds: push model"
                        + " only, not used",
                "exponential_backoff_max_retries = 6|INFO|exponential_backoff_max_retries: not"
                        + " used: this agent never stops trying to register",
                "uuid = 'host.1'|INFO|uuid: `host.1` is used as a fixed id; Keylime's own agent"
                        + " would take a random one",
                "uuid = 'd432fbb3-d2f1-4a97-9ef7-75bd81c00000'|INFO|uuid: the id of Keylime's"
                        + " sample file; the registrar refuses a second host that has it",
                "run_as = 'keylime:tss'|INFO|run_as: not used, since the agent was not started as"
                        + " root",
                "api_versions = '2.2,9.9'|WARNING|api_versions: `9.9` is not served, so it is"
                        + " dropped",
                "server_key = ''|WARNING|server_key: empty, so the default is used",
                "exponential_backoff_max_delay = 5|WARNING|exponential_backoff_max_delay: below"
                        + " the first pause, so 10000 is used",
                "enable_revocation_notifications = true|WARNING|enable_revocation_notifications:"
                        + " deprecated, not used; replaced by the verifier's webhook, POST"
                        + " /notifications/revocation, which always works",
                "cloudagent_ip = '::'|WARNING|cloudagent_ip: deprecated, not used; replaced by ip",
                "max_retries = 9|WARNING|max_retries: deprecated, not used; replaced by nothing,"
                        + " this agent never stops trying to register",
                "registrar_prot = 1|WARNING|unknown option registrar_prot, so it is not used;"
                        + " nearest known option: registrar_port",
            })
    void load_whatIsNotUsedAsWritten_isTold(String line, Notice.Level level, String expected) {
        KeylimeHost host = KeylimeHost.with(root, "uuid = 'hash_ek'", line);
        if (line.startsWith("uuid")) {
            host = KeylimeHost.with(root, "", line);
        }

        assertEquals(
                List.of(expected.replace('`', '"') + " [/etc/keylime/agent.conf:3]"),
                host.notices(level));
    }

    @ParameterizedTest
    @MethodSource("options")
    void load_deprecatedOption_namesReplacement(KeylimeOption option) {
        if (option.fate() instanceof Fate.Former(String replacement)) {
            String value = option.shape() == Shape.SWITCH ? changed(option) : "77";
            List<String> told =
                    KeylimeHost.with(root, option.name() + " = " + value)
                            .notices(Notice.Level.WARNING);

            assertFalse(replacement.isBlank());
            assertEquals(1, told.size());
            assertTrue(told.getFirst().startsWith(option.name() + ": deprecated"), told::toString);
        }
    }

    private static String changed(KeylimeOption option) {
        return option.standard().equals("true") ? "false" : "true";
    }
}
