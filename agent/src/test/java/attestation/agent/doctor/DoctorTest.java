// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.integrity.Reading;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;

/** Each fault is made in the tree, and what doctor says of it is asserted. */
class DoctorTest {
    @TempDir Path root;

    private Tree tree;

    @BeforeEach
    void makeHost() throws IOException {
        tree = new Tree(root);
    }

    @Test
    void healthyHost_hasNoProblem_andNothingEssentialIsUnknown() {
        List<Doctor.Result> results = Doctor.run(Doctor.checks(), tree.host());
        assertEquals(0, Doctor.exitCode(results), results.toString());
        tree.expect("pcr-replay", State.OK, "sha256:10 is the replay of 1362 of 1362 entries", "");
        tree.expect("violations", State.WARNING, "2 entries, such as ", "dont_measure");
    }

    @Test
    void exitCode_problemBeatsUnknown_andOnlyEssentialUnknownCounts() throws IOException {
        tree.remove(Tree.PCR_10);
        assertEquals(2, Doctor.exitCode(Doctor.run(Doctor.checks(), tree.host())));
        tree.remove("/sys/class/tpm/tpm0/tpm_version_major");
        tree.put("/sys/class/tpm/tpm0/tpm_version_major", "1\n");
        assertEquals(1, Doctor.exitCode(Doctor.run(Doctor.checks(), tree.host())));
    }

    /** What root can open says nothing of the agent, which runs as another user. */
    @Test
    void device_isJudgedForTheUnitsAccount() throws IOException {
        Path device = tree.at("/dev/tpmrm0");
        Files.setPosixFilePermissions(device, PosixFilePermissions.fromString("rw-rw----"));
        int group = (int) Files.getAttribute(device, "unix:gid");
        tree.put(ServiceAccount.UNIT, "[Service]\nUser=agent\nSupplementaryGroups=other tss\n");
        tree.put("/etc/passwd", "root:x:0:0::/:/bin/sh\nagent:x:64000:64000::/:/bin/false\n");
        tree.put("/etc/group", "tss:x:" + (group + 1) + ":\nother:x:64002:\n");
        tree.expect("tpm-device", State.PROBLEM, "cannot be opened by agent", "udevadm trigger");

        tree.put("/etc/group", "tss:x:" + group + ":\n");
        tree.expect("tpm-device", State.OK, "can be opened by agent", "");
        tree.put("/etc/group", "site:x:" + group + ":\n");
        tree.expect("tpm-device", State.PROBLEM, "cannot be opened by agent", "");
        tree.put(ServiceAccount.DROP_INS + "/site.off", "[Service]\nSupplementaryGroups=site\n");
        tree.expect("tpm-device", State.PROBLEM, "cannot be opened by agent", "");
        tree.put(ServiceAccount.DROP_INS + "/site.conf", "[Service]\nSupplementaryGroups=site\n");
        tree.expect("tpm-device", State.OK, "can be opened by agent", "");
        tree.put("/etc/group", "staff:x:" + group + ":someone,agent\n");
        tree.expect("tpm-device", State.OK, "can be opened by agent", "");
        Files.setPosixFilePermissions(device, PosixFilePermissions.fromString("rw-r-----"));
        tree.expect("tpm-device", State.PROBLEM, "cannot be opened by agent", "mode 0660");
    }

    @Test
    void replay_otherPcr_isAProblem() throws IOException {
        tree.put(Tree.PCR_10, "A".repeat(64) + "\n");
        tree.expect("pcr-replay", State.PROBLEM, "no prefix of the 1362", "agent status names");
    }

    @Test
    void bootAggregate_isHeldAgainstTheBootPcrs() throws IOException {
        tree.expect("list-tpm", State.OK, "boot_aggregate is sha256:6afd84b7", "");
        tree.putBootPcrs();
        tree.expect("list-tpm", State.OK, "the hash of the boot PCRs", "");
        tree.put("/sys/class/tpm/tpm0/pcr-sha256/7", "B".repeat(64) + "\n");
        tree.expect(
                "list-tpm", State.WARNING, "not the hash of PCRs 0 to 9", "extended them after");
        tree.put("/sys/class/tpm/tpm0/pcr-sha256/7", "no hex\n");
        tree.expect("list-tpm", State.OK, "boot_aggregate is sha256:6afd84b7", "");
    }

    /** A PCR that stopped long before the end of the list is not "some prefix agrees". */
    @Test
    void replay_entriesThatWereNeverExtended_areAProblem() throws IOException {
        Path list = tree.at(Tree.IMA + "binary_runtime_measurements");
        byte[] doubled = Files.readAllBytes(list);
        byte[] more = new byte[doubled.length * 2];
        System.arraycopy(doubled, 0, more, 0, doubled.length);
        System.arraycopy(doubled, 0, more, doubled.length, doubled.length);
        Files.write(list, more);
        tree.put(Tree.IMA + "runtime_measurements_count", "2724\n");
        tree.expect("pcr-replay", State.PROBLEM, "1362 of 2724 entries; the rest was", "reboot");
    }

    @Test
    void list_absentOrBroken_isNeverOk() throws IOException {
        tree.put(Tree.IMA + "binary_runtime_measurements", "\n\n no list");
        assertEquals(State.PROBLEM, tree.find("list-readable").state());
        tree.remove(Tree.IMA + "binary_runtime_measurements");
        for (String check : List.of("list-readable", "list-tpm", "kexec", "names", "staging")) {
            assertEquals(State.UNKNOWN, tree.find(check).state(), check);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "/proc/cmdline; ima_appraise=log; appraise-mode; WARNING; nothing is denied; GRUB",
                "/sys/kernel/security/evm; 1; evm; PROBLEM; bash has no security.evm; evm=fix",
                "/proc/cmdline; root=x; policy-file; WARNING; no ima_policy=; agent ima setup",
                "/sys/class/tpm/tpm0/tpm_version_major; 1; tpm; PROBLEM; TPM 1.x; firmware",
                "/sys/kernel/kexec_loaded; 1; kexec; WARNING; for kexec is loaded; kexec -u",
                "/boot/bootmap; x; zipl; PROBLEM; newer than /boot/bootmap; zipl",
                "/sys/class/tpm/tpm0/pcr-sha384/10; 0; bank-hash; OK; every bank; ''"
            })
    void fault_isNamedWithItsRepair(
            String file, String text, String check, State state, String evidence, String repair)
            throws IOException {
        Path put = tree.put(file, text + "\n");
        if (check.equals("zipl")) {
            Files.setLastModifiedTime(put, java.nio.file.attribute.FileTime.fromMillis(0));
        }
        tree.expect(check, state, evidence, repair);
    }

    @Test
    void banks_withoutSha256_areAProblem() throws IOException {
        tree.put("/sys/class/tpm/tpm0/pcr-sha1/10", "00");
        tree.remove(Tree.PCR_10);
        tree.remove("/sys/class/tpm/tpm0/pcr-sha256");
        tree.expect("tpm-banks", State.PROBLEM, "banks sha1", "tpm2_pcrallocate sha256:all");
        tree.expect("list-hash", State.WARNING, "only [sha1]", "ima_hash=sha1");
    }

    @Test
    void measuring_onlyBootAggregate_isAProblem() throws IOException {
        tree.put(Tree.IMA + "runtime_measurements_count", "1\n");
        tree.expect("measuring", State.PROBLEM, "no rule measures", "ima_policy=tcb");
    }

    @Test
    void policyFile_refusedLine_isNamed() throws IOException {
        tree.put(Host.POLICY, "measure func=BPRM_CHECK\nmeasure func=X\n");
        tree.expect(
                "policy-file", State.PROBLEM, "ima-policy:2: func: X", "agent ima policy check");
    }

    @Test
    void nextBoot_appraisalWithoutKeyOrDracut_saysDoNotReboot() throws IOException {
        tree.put(Host.POLICY, "appraise func=BPRM_CHECK appraise_type=imasig\n");
        tree.expect("next-boot", State.PROBLEM, "DO NOT REBOOT", "mv /etc/ima/ima-policy");
        tree.expect("next-boot", State.PROBLEM, "there is no key", "boot with ima_appraise=log");
        tree.expect("keys-on-disk", State.PROBLEM, "asks for signatures", "/etc/keys/ima");
        tree.expect("dracut-module", State.PROBLEM, "no dracut", "apt install dracut");
        tree.expect("keyring", State.PROBLEM, "will not run", "keyctl newring _ima @u");
        tree.expect("signed-files", State.PROBLEM, "bash", "agent ima sign");
    }

    /** As tried on Linux 6.1: such a policy stops no boot, but its programs wait for the key. */
    @Test
    void policyAboutFilesOfOthers_stopsNoBoot_andItsKeyIsMissed() throws IOException {
        tree.put(Host.POLICY, "appraise func=BPRM_CHECK fowner=4242 appraise_type=imasig\n");
        tree.put("/etc/keys/ima/site.der", "");
        tree.expect("next-boot", State.OK, "no file of root", "");
        tree.expect("dracut-module", State.OK, "no key must be loaded at boot", "");
        tree.expect("signed-files", State.OK, "no policy asks for it", "");
        tree.expect("keyring", State.PROBLEM, "will not run", "@u) </etc/keys/ima/site.der");
    }

    private static final String RING =
            """
            1234 I------ 1 perm 1f0b0000 0 0 keyring .builtin_trusted_keys: 1
            2345 I------ 1 perm 1f0f0000 0 0 keyring   .ima: 1
            """;

    private static String certificate(String name, String id) {
        return "3456 I------ 1 perm 1f030000 0 0 asymmetri " + name + ": X509.rsa " + id + " []\n";
    }

    @Test
    void keyring_otherKeyThanTheOneThatSigned_isAProblem() throws IOException {
        tree.put(Host.POLICY, "appraise func=BPRM_CHECK appraise_type=imasig\n");
        tree.put("/proc/keys", RING + certificate("Site key", "7e9177fd"));
        byte[] signature = new byte[9 + 4];
        System.arraycopy(
                HexFormat.of().parseHex("030204" + "7e9177fd" + "0004"), 0, signature, 0, 9);
        tree.set(tree.at("/usr/bin/bash"), "security.ima", signature);
        tree.expect("keyring", State.OK, ".ima: 1; keys [7e9177fd]", "");

        tree.put("/proc/keys", RING + certificate("Other: key", "01020304"));
        tree.expect(
                "keyring",
                State.PROBLEM,
                "/usr/bin/bash is signed by key 7e9177fd, which the kernel has not (it has:"
                        + " [01020304])",
                "keyctl");
        tree.put("/proc/keys", RING);
        tree.expect("keyring", State.UNKNOWN, "not shown its keys", "sudo agent doctor keyring");
        tree.put(Host.POLICY, "measure func=BPRM_CHECK\n");
        tree.expect("keyring", State.OK, ".ima: 1", "");
    }

    @Test
    void keyring_withoutAnyOfTheKeysOnDisk_isAWarning() throws IOException {
        tree.put(Host.POLICY, "appraise func=BPRM_CHECK appraise_type=imasig\n");
        tree.put("/proc/keys", RING + certificate("Other", "01020304"));
        try (var key =
                DoctorTest.class.getResourceAsStream(
                        "/attestation/fixtures/ima/signed/rsa2048.der")) {
            tree.put("/etc/keys/ima/k.der", java.util.Objects.requireNonNull(key).readAllBytes());
        }
        tree.expect("keyring", State.WARNING, "none of the keys on disk: 7e9177fd", "k.der");
    }

    @Test
    void policyAboutAUsersProcesses_deniesThemRootsPrograms_butStopsNoBoot() throws IOException {
        tree.put(Host.POLICY, "appraise func=BPRM_CHECK uid=1000 appraise_type=imasig\n");
        tree.expect("next-boot", State.OK, "no file of root", "");
        tree.expect(
                "signed-files", State.PROBLEM, "will be denied: /usr/bin/bash", "agent ima sign");
    }

    @Test
    void samples_areFromAllFoldersOfPrograms_andBounded() throws IOException {
        for (int i = 0; i < 100; i++) {
            tree.put("/usr/sbin/tool" + i, "a program");
        }
        tree.put("/usr/libexec/helper", "a program");
        List<String> samples = Samples.of(tree.host());
        assertEquals(1 + 20 + 1, samples.size(), samples.toString());
        assertEquals("/usr/bin/bash", samples.getFirst());
        assertEquals("/usr/libexec/helper", samples.getLast());

        tree.put(Host.POLICY, "appraise func=BPRM_CHECK appraise_type=imasig\n");
        tree.expect("signed-files", State.PROBLEM, "0 of 22 samples are signed", "agent ima sign");
        tree.expect("signed-files", State.PROBLEM, "and 21 more", "");
    }

    @Test
    void nextBoot_keyAndModule_isOk_andOlderInitramfsIsFound() throws IOException {
        tree.put(Host.POLICY, "appraise func=BPRM_CHECK appraise_type=imasig\n");
        try (var key =
                DoctorTest.class.getResourceAsStream(
                        "/attestation/fixtures/ima/signed/rsa2048.der")) {
            tree.put("/etc/keys/ima/k.der", java.util.Objects.requireNonNull(key).readAllBytes());
        }
        tree.put("/usr/bin/dracut", "");
        Path conf =
                tree.put(
                        "/etc/dracut.conf.d/98-integrity.conf",
                        "add_dracutmodules+=\" integrity \"\n");
        Files.setLastModifiedTime(conf, FileTime.fromMillis(1000));
        tree.expect("next-boot", State.OK, "loads them before the policy", "");
        tree.expect("keys-on-disk", State.OK, "7e9177fd", "");
        tree.expect("initramfs", State.OK, "has module integrity", "");

        tree.initramfsHas(new Reading.Content("Image: x\ndracut modules:\nbash\nsystemd\n"));
        tree.expect("initramfs", State.PROBLEM, "has not module integrity", "dracut -f");
        tree.expect("next-boot", State.PROBLEM, "DO NOT REBOOT", "initramfs and keys-on-disk");
        tree.initramfsHas(new Reading.Content("dracut modules:\n"));
        tree.expect("initramfs", State.UNKNOWN, "names no module", "sudo agent doctor initramfs");
        tree.expect("next-boot", State.UNKNOWN, "names no module", "sudo agent doctor next-boot");
        tree.initramfsHas(new Reading.Unreadable("no lsinitrd"));
        tree.expect("next-boot", State.UNKNOWN, "no lsinitrd", "sudo agent doctor next-boot");

        Path image = tree.at("/boot/initrd.img-6.12.117+deb12-cloud-amd64");
        Files.setLastModifiedTime(image, FileTime.fromMillis(0));
        tree.expect("initramfs", State.PROBLEM, "newer than the initramfs", "dracut -f");
        tree.expect("next-boot", State.PROBLEM, "newer than the initramfs", "");
    }

    @Test
    void denials_areShownFromTheKernelsRecord_escaped() {
        tree.kernelSays(
                new Reading.Content(
                        "audit: type=1800 audit(1:2): op=appraise_data"
                                + " cause=invalid-signature name=\"\u001b[31m\" res=0 errno=0\n"));
        tree.expect(
                "denials", State.WARNING, "cause=invalid-signature name=\"\\x1b[31m\"", "verify");
    }

    @Test
    void denials_whereNothingIsDenied_areToldToBeOnlyRecorded() throws IOException {
        tree.kernelSays(
                new Reading.Content(
                        "audit: type=1800 audit(1:2): op=appraise_data cause=missing-hash"
                                + " name=\"/a\" res=0 errno=0\n"));
        tree.put("/proc/cmdline", "root=x ima_appraise=log\n");
        tree.expect(
                "denials",
                State.WARNING,
                "1 denials (uses of files only recorded: ima_app",
                "verify");
    }

    /** As Linux 6.1 said it when security.ima of a file without security.evm was to be replaced. */
    @Test
    void denials_ofAChangeThatEvmRefuses_areShown() {
        tree.kernelSays(
                new Reading.Content(
                        "audit: type=1801 audit(1:2): pid=5 uid=0 op=appraise_metadata"
                                + " cause=no_label comm=\"evmctl\" name=\"after\" res=0 errno=0\n"));
        tree.expect("denials", State.WARNING, "1 denials, the last: audit: type=1801", "verify");
    }

    @Test
    void journal_thatIsNotReadable_isUnknown() {
        tree.kernelSays(new Reading.Unreadable("no message visible to this user"));
        tree.expect("denials", State.UNKNOWN, "cannot be read", "sudo agent doctor");
        tree.expect("policy-accepted", State.UNKNOWN, "readable", "systemd-journal");
    }

    @Test
    void policyAccepted_refusal_isAProblem() {
        tree.kernelSays(new Reading.Content("audit: op=policy_update cause=failed res=0\n"));
        tree.expect("policy-accepted", State.PROBLEM, "cause=failed", "agent ima policy check");
    }

    /** As Linux 6.1 said it: a policy with a wrong line, then the right one. */
    @Test
    void policyAccepted_refusalThatWasMadeGood_isOk() {
        tree.kernelSays(
                new Reading.Content("ima: policy update failed\nima: policy update completed\n"));
        tree.expect("policy-accepted", State.OK, "was loaded in this boot", "");
    }

    @Test
    void recordedJournal_ofATreeWithoutOne_isNotReadAsSilence() {
        var journal = new RecordedJournal(new attestation.agent.integrity.HostFiles(root));
        assertTrue(journal.kernel().content().isEmpty());
        assertEquals("not there", journal.kernel().whyNot());
    }

    @Test
    void secureBoot_unknownVariable_isUnknown_andOneIsOn() throws IOException {
        String variable = "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
        Files.createDirectories(tree.at("/sys/firmware/efi/efivars"));
        tree.expect("secure-boot", State.UNKNOWN, "cannot be read", "efivarfs");
        tree.put("/sys/firmware/efi/efivars/" + variable, new byte[] {6, 0, 0, 0, 1});
        tree.expect("secure-boot", State.OK, "on", "");
    }

    @Test
    void everyCheck_onAnEmptyTree_neverSaysOkOfWhatItCannotSee(@TempDir Path empty) {
        Host host = Host.below(empty, tree, tree, tree, tree, tree.host().now());
        List<Doctor.Result> results = Doctor.run(Doctor.checks(), host);
        for (Doctor.Result result : results) {
            String name = result.check().name();
            if (name.matches("kernel-ima|list-.*|pcr-replay|measuring|kexec|violations|tpm.*")) {
                assertTrue(result.finding().state() != State.OK, result.toString());
            }
        }
        assertEquals(1, Doctor.exitCode(results));
    }
}
