// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.integrity.Reading;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/** What was seen on real machines and is made again in the tree. */
class RealFindingsTest {
    @TempDir Path root;

    private Tree tree;

    @BeforeEach
    void makeHost() throws IOException {
        tree = new Tree(root);
    }

    /** PID 1 freezes when it cannot load the policy: seen with systemd 252. */
    @Test
    void nextBoot_policyThatTheKernelRefuses_stopsIt() throws IOException {
        tree.put(Host.POLICY, "measure func=BPRM_CHECK\nmeasure func=BPRM_CHEK\n");
        tree.expect(
                "next-boot",
                State.PROBLEM,
                "PID 1 then stops the boot: line 2: func",
                "init=/bin/sh");
        tree.put(Host.POLICY, "dont_audit fsmagic=0x9fa0\n");
        tree.expect("next-boot", State.PROBLEM, "DO NOT REBOOT", "mv /etc/ima/ima-policy");
        tree.put(Host.POLICY, "measure func=BPRM_CHECK");
        tree.expect("policy-file", State.PROBLEM, ":1: no newline at the end", "correct the line");
        tree.expect("next-boot", State.OK, "appraises nothing", "");

        tree.put("/proc/cmdline", "ima_policy=tcb|secure_boot\n");
        tree.expect("next-boot", State.PROBLEM, "no security.ima", "policy-signed");
        tree.expect("policy-signed", State.PROBLEM, "signed policies only", "agent ima sign --key");
    }

    /** What Debian's lsinitrd really prints, see the README beside the recordings. */
    @Test
    void initramfs_asLsinitrdListsIt() throws IOException {
        tree.put(Host.POLICY, "appraise func=BPRM_CHECK appraise_type=imasig\n");
        tree.initramfsHas(listing("dracut-with-integrity"));
        tree.expect("initramfs", State.OK, "has module integrity", "");
        tree.initramfsHas(listing("initramfs-tools"));
        tree.expect(
                "initramfs", State.UNKNOWN, "names no module: dracut did not make it", "dracut -f");
    }

    private static Reading listing(String name) throws IOException {
        try (var in =
                RealFindingsTest.class.getResourceAsStream(
                        "/attestation/fixtures/host/debian12-lsinitrd/" + name)) {
            return new Reading.Content(
                    new String(
                            Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    @Test
    void evm_onAKernelThatItCrashes_isToldBeforeAndAfter() throws IOException {
        tree.put("/sys/kernel/security/lsm", "lockdown,capability,yama,apparmor,bpf");
        tree.expect("evm", State.OK, "not in use", "");
        tree.put("/proc/sys/kernel/osrelease", "6.1.0-56-cloud-amd64\n");
        tree.expect("evm", State.OK, "do not use it: with LSM bpf Linux before 6.6 crashes", "");
        tree.put("/sys/kernel/security/evm", "1");
        tree.set(tree.at("/usr/bin/bash"), "security.evm", new byte[] {2});
        tree.expect(
                "evm",
                State.PROBLEM,
                "crashes at the next file",
                "lsm=lockdown,yama,apparmor,integrity");
        tree.put("/sys/kernel/security/lsm", "lockdown,capability,yama,apparmor");
        tree.expect("evm", State.OK, "EVM is on (1), the samples have security.evm", "");
        tree.put("/sys/kernel/security/evm", "?");
        tree.expect("evm", State.UNKNOWN, "is no number", "cat ");
    }

    @Test
    void otherTpm_isJudgedWhereItIs() throws IOException {
        tree.remove(Tree.PCR_10);
        tree.remove("/sys/class/tpm/tpm0/pcr-sha256");
        tree.remove("/sys/class/tpm/tpm0/tpm_version_major");
        tree.remove("/sys/class/tpm/tpm0");
        tree.remove("/dev/tpmrm0");
        tree.expect("tpm", State.PROBLEM, "no TPM: /sys/class/tpm/tpm0 is not there", "");
        tree.put("/sys/class/tpm/tpm11/tpm_version_major", "2\n");
        tree.put("/sys/class/tpm/tpm2/tpm_version_major", "1\n");
        tree.expect("tpm", State.PROBLEM, "TPM 1.x", "");
        tree.expect("tpm-device", State.PROBLEM, "/dev/tpmrm2 is not there", "modprobe");
        Host other = tree.host().with(HostTpm.ofDevice("/dev/tpmrm11").orElseThrow());
        assertEquals(State.OK, TpmChecks.all().getFirst().probe().apply(other).state());
        assertTrue(HostTpm.ofDevice("/dev/vtpm").isEmpty());
    }

    /** auditd's own limit of a log is 8 MiB, twice what is read. */
    @Test
    void denials_atTheEndOfALongLog_areSeen() throws IOException {
        String noise = "type=SYSCALL msg=audit(1.0:1): nothing\n".repeat(220_000);
        String denial = "type=INTEGRITY_DATA msg=audit(1.0:2): op=appraise_data name=/x res=0\n";
        tree.put("/var/log/audit/audit.log", denial + noise);
        tree.expect("denials", State.OK, "nothing was denied in the last 4 MiB", "");
        tree.put("/var/log/audit/audit.log", noise + denial);
        tree.expect(
                "denials", State.WARNING, "1 denials, the last: type=INTEGRITY_DATA", "ima verify");
    }
}
