// SPDX-License-Identifier: Apache-2.0
package attestation.agent.setup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.doctor.Host;
import attestation.agent.doctor.Tree;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class SetupTest {
    private static final String MEASURE = "measure func=BPRM_CHECK\n";

    @TempDir Path root;

    private final List<List<String>> commands = new ArrayList<>();
    private Tree tree;
    private Path policy;

    @BeforeEach
    void makeHost() throws IOException {
        tree = new Tree(root);
        tree.put("/sys/kernel/security/ima/policy", "");
        policy = tree.put("/home/policy", MEASURE);
    }

    private Plan plan() throws IOException {
        return new Planner(tree.host()).plan(policy);
    }

    private Installer installer() {
        return new Installer(tree.host(), commands::add, line -> {});
    }

    @Test
    void install_putsPolicyWithItsSignature_loadsIt_andUndoRemovesIt() throws IOException {
        byte[] signature = {3, 2, 1};
        tree.set(policy, "security.ima", signature);
        Plan plan = plan();
        assertEquals(List.of(), plan.refusals());
        installer().install(plan);
        Path installed = tree.at(Host.POLICY);
        assertEquals(MEASURE, Files.readString(installed));
        assertArrayEquals(signature, tree.get(installed, "security.ima").orElseThrow());
        assertEquals(
                "/etc/ima/ima-policy.new\n",
                Files.readString(tree.at("/sys/kernel/security/ima/policy")));
        assertEquals(List.of(), commands);
        installer().undo();
        assertFalse(Files.exists(installed));
        assertThrows(IOException.class, () -> installer().undo());
    }

    @Test
    void undo_restoresThePolicyBeforeTheFirstSetup() throws IOException {
        tree.put(Host.POLICY, "measure\n");
        installer().install(plan());
        installer().install(plan());
        installer().undo();
        assertEquals("measure\n", Files.readString(tree.at(Host.POLICY)));
    }

    @Test
    void plan_refusedLine_isNamed_andNothingChanges() throws IOException {
        Files.writeString(policy, "measure\nmesure\n");
        Plan plan = plan();
        assertTrue(plan.refusals().getFirst().contains(":2: unknown word: mesure"));
        assertThrows(IllegalArgumentException.class, () -> installer().install(plan));
        assertFalse(Files.exists(tree.at(Host.POLICY)));
    }

    @Test
    void plan_whatWouldNotBoot_isRefusedWithEveryReason() throws IOException {
        Files.writeString(policy, "appraise func=BPRM_CHECK appraise_type=imasig\n");
        String refusals = String.join("\n", plan().refusals());
        assertTrue(refusals.contains("no key in /etc/keys/ima"), refusals);
        assertTrue(refusals.contains("no dracut"), refusals);
        assertTrue(refusals.contains("/usr/bin/bash: no security.ima"), refusals);
        assertTrue(refusals.contains("load the key first: keyctl "), refusals);
    }

    @Test
    void plan_appraisalOfOthersFiles_wantsOnlyTheKey() throws IOException {
        Files.writeString(policy, "appraise func=BPRM_CHECK fowner=4242 appraise_type=imasig\n");
        tree.put("/proc/keys", "1 I--Q 2 perm 3f010000 0 0 keyring _ima: 1\n");
        Plan plan = plan();
        assertEquals(1, plan.refusals().size(), plan.refusals().toString());
        assertTrue(plan.refusals().getFirst().startsWith("no key in /etc/keys/ima"));
        assertFalse(plan.dracut());
        assertTrue(String.join("\n", plan.notes()).contains("nothing loads the keys at boot"));
    }

    @Test
    void plan_appraisalByDigests_isRefused() throws IOException {
        Files.writeString(policy, "appraise fowner=0\n");
        assertTrue(String.join("\n", plan().refusals()).contains("appraises by digests"));
    }

    @Test
    void plan_unsignedWhereSignaturesAreAskedFor_isRefused() throws IOException {
        tree.put("/proc/cmdline", "ima_policy=secure_boot\n");
        String refusals = String.join("\n", plan().refusals());
        assertTrue(refusals.contains("loads signed policies only: agent ima sign"), refusals);
    }

    /** Without a key at boot PID 1 could not load the policy, and would stop the boot. */
    @Test
    void plan_whereSignaturesAreAskedFor_theInitramfsLoadsTheKey() throws IOException {
        tree.put("/proc/cmdline", "ima_policy=secure_boot\n");
        assertTrue(String.join("\n", plan().refusals()).contains("no dracut"));
        tree.put("/usr/bin/dracut", "");
        Plan plan = plan();
        assertTrue(plan.dracut());
        String refusals = String.join("\n", plan.refusals());
        assertFalse(refusals.contains("no dracut"), refusals);
        assertTrue(refusals.contains("load the key first: keyctl "), refusals);
    }

    @Test
    void plan_secureBootThatCannotBeTold_isRefusedWhenUnsigned() throws IOException {
        Files.createDirectories(tree.at("/sys/firmware/efi"));
        assertTrue(String.join("\n", plan().refusals()).contains("cannot be told"));
    }

    @Test
    void install_kernelRefusesThePolicy_nothingIsInstalled() throws IOException {
        Plan plan = plan();
        Path loader = tree.at("/sys/kernel/security/ima/policy");
        Files.delete(loader);
        Files.createDirectory(loader);
        IOException e = assertThrows(IOException.class, () -> installer().install(plan));
        assertTrue(String.valueOf(e.getMessage()).contains("it was not installed"));
        assertFalse(Files.exists(tree.at(Host.POLICY)));
        assertFalse(Files.exists(tree.at("/etc/ima/ima-policy.new")));
    }

    /** A policy that needs keys at boot must not stand there when the initramfs cannot be made. */
    @Test
    void install_initramfsFails_thePolicyIsNotInstalled() throws IOException {
        byte[] bytes = MEASURE.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        Plan plan = new Plan(List.of(), bytes, new byte[0], false, true, false, List.of());
        Commands broken =
                command -> {
                    throw new IOException("dracut: exit code 1");
                };
        Installer installer = new Installer(tree.host(), broken, line -> {});
        assertThrows(IOException.class, () -> installer.install(plan));
        assertFalse(Files.exists(tree.at(Host.POLICY)));
        assertFalse(Files.exists(tree.at("/etc/ima/ima-policy.new")));
        installer().undo();
        assertFalse(Files.exists(tree.at("/etc/dracut.conf.d/98-integrity.conf")));
        assertThrows(IOException.class, () -> installer().undo());
    }

    @Test
    void install_withDracut_writesItsConfiguration_andUndoTakesItBack() throws IOException {
        byte[] bytes = MEASURE.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        Plan plan = new Plan(List.of(), bytes, new byte[0], false, true, true, List.of());
        installer().install(plan);
        Path conf = tree.at("/etc/dracut.conf.d/98-integrity.conf");
        assertEquals("add_dracutmodules+=\" integrity \"\n", Files.readString(conf));
        List<String> dracut = List.of("dracut", "-f", "--regenerate-all");
        assertEquals(List.of(dracut, List.of("zipl")), commands);
        assertArrayEquals(bytes, Files.readAllBytes(tree.at(Host.POLICY)));
        installer().undo();
        assertFalse(Files.exists(conf));
        assertEquals(dracut, commands.getLast());
    }
}
