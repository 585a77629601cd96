// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Signatures of packages. The lines have the form that rpm 4.18 prints, {@code (none)} of files
 * without one included.
 */
class PackageChecksTest {
    private static final String BASH = "030204d3320449000430020100";
    private static final String OTHER = "030204d3320449000430020101";
    private static final String APPRAISAL = "appraise func=BPRM_CHECK appraise_type=imasig\n";

    @TempDir Path root;
    private Tree tree;

    @BeforeEach
    void makeHost() throws IOException {
        tree = new Tree(root);
        tree.put("/etc/os-release", "ID=\"rhel\"\nVERSION_ID=\"10.0\"\n");
    }

    private void signed(String hex) throws IOException {
        tree.set(tree.at("/usr/bin/bash"), "security.ima", HexFormat.of().parseHex(hex));
    }

    private void expect(State state, String evidence, String repair) {
        tree.expect("package-files", state, evidence, repair);
    }

    @Test
    void sameAsInThePackage_isOk_whateverElseIsPrinted() throws IOException {
        signed(BASH);
        tree.packagesSay(
                "file /usr/local/bin/x is not owned by any package\n"
                        + "/etc/bashrc|(none)\n/usr/bin/bash|"
                        + BASH.toUpperCase(java.util.Locale.ROOT)
                        + "\n/usr/share/a|b|"
                        + OTHER
                        + "\n");
        expect(State.OK, "1 samples have the signatures", "");
    }

    @Test
    void lostSignature_isAWarning_andAProblemWhereAPolicyAsksForIt() throws IOException {
        tree.packagesSay("/usr/bin/bash|" + BASH + "\n");
        String lost = "1 of 1 samples lack the signature that their package brought:";
        expect(State.WARNING, lost + " /usr/bin/bash (no security.ima)", "ima-add-sigs");
        tree.put(Host.POLICY, APPRAISAL);
        expect(State.PROBLEM, lost + " /usr/bin/bash (no security.ima)", "dnf reinstall");
    }

    @Test
    void anotherSignature_isTold() throws IOException {
        signed(OTHER);
        tree.packagesSay("/usr/bin/bash|" + BASH + "\n");
        expect(State.WARNING, "/usr/bin/bash (another security.ima)", "rpm-plugin-ima");
    }

    /** An all-zero head is what rpm's plugin leaves out as well. */
    @Test
    void packagesWithoutSignatures_matterOnlyWhereAPolicyAsksForThem() throws IOException {
        tree.packagesSay("/usr/bin/bash|" + "0".repeat(26) + "\n/usr/bin/ls|(none)\n");
        expect(State.OK, "no package signed any of 1 samples, and no policy asks", "");
        tree.put(Host.POLICY, APPRAISAL);
        expect(State.WARNING, "no package signed any of 1 samples", "agent ima sign");
    }

    @Test
    void withoutRpm_cannotTell() {
        expect(State.UNKNOWN, "signatures in packages: no rpm", "rpm -qf --qf");
    }

    @Test
    void otherDistributions_carryNone() throws IOException {
        tree.put("/etc/os-release", "ID=debian\n");
        expect(State.OK, "carry no signatures of files", "");
    }
}
