// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import attestation.fixtures.Swtpm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Policies of the EK templates as tpm2-tools compute them in the TPM itself, and the NV index that
 * PolicyC speaks of, as the TCG EK Credential Profile 2.5 defines it (§B.6.3).
 */
record EkPolicies(Swtpm swtpm, HashAlgorithm hash) {
    private static final String ATTRIBUTES =
            "policywrite|writeall|ppread|ownerread|authread|policyread|no_da";

    /** PolicySecret(endorsement hierarchy), in a file of this name. */
    String a() {
        return secret("e");
    }

    /** PolicySecret of a hierarchy. */
    String secret(String hierarchy) {
        String file = "policy." + hierarchy + "." + hash.keylimeName();
        trial("tpm2_policysecret", "-S", "session.ctx", "-c", hierarchy, "-L", file);
        return file;
    }

    /** PolicyOR(A, C); the index must be there. */
    String b() {
        String c = "c." + hash.keylimeName();
        trial("tpm2_policyauthorizenv", "-S", "session.ctx", "-C", index(), "-L", c, index());
        String list = hash.keylimeName() + ":" + a() + "," + c;
        String b = "b." + hash.keylimeName();
        trial("tpm2_policyor", "-S", "session.ctx", "-l", list, "-L", b);
        return b;
    }

    private void trial(String... command) {
        swtpm.run("tpm2_startauthsession", "-S", "session.ctx", "-g", hash.keylimeName());
        swtpm.run(command);
        swtpm.run("tpm2_flushcontext", "session.ctx");
    }

    /** Defines the index and writes this policy into it. */
    void allow(byte[] policy) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.write(hash.tpmId() >> 8);
        content.write(hash.tpmId());
        content.writeBytes(policy);
        write(content.toByteArray());
    }

    /** Defines the index and writes bytes into it, which the endorsement password allows. */
    void write(byte[] content) throws IOException {
        Path file = Files.write(swtpm.folder().resolve("content"), content);
        String size = String.valueOf(2 + hash.size());
        String policy = a();
        swtpm.run(
                "tpm2_nvdefine",
                index(),
                "-C",
                "o",
                "-g",
                hash.keylimeName(),
                "-s",
                size,
                "-a",
                ATTRIBUTES,
                "-L",
                policy);
        swtpm.run(
                "tpm2_startauthsession",
                "--policy-session",
                "-S",
                "session.ctx",
                "-g",
                hash.keylimeName());
        swtpm.run("tpm2_policysecret", "-S", "session.ctx", "-c", "e");
        swtpm.run(
                "tpm2_nvwrite",
                index(),
                "-C",
                index(),
                "-P",
                "session:session.ctx",
                "-i",
                file.toString());
        swtpm.run("tpm2_flushcontext", "session.ctx");
    }

    byte[] read(String file) throws IOException {
        return Files.readAllBytes(swtpm.folder().resolve(file));
    }

    private String index() {
        return switch (hash) {
            case SHA256 -> "0x01c07f01";
            case SHA384 -> "0x01c07f02";
            case SHA512 -> "0x01c07f03";
            case SHA1, SM3_256 -> throw new AssertionError(hash);
        };
    }

    /** Makes a high-range EK, of which {@code ek.ctx} and {@code ek.name} are left. */
    void highRange(String kind) throws IOException {
        swtpm.run(
                "tpm2_createprimary",
                "-C",
                "e",
                "-g",
                hash.keylimeName(),
                "-G",
                kind,
                "-a",
                "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|adminwithpolicy|restricted"
                        + "|decrypt",
                "-L",
                b(),
                "-c",
                "ek.ctx");
        swtpm.run("tpm2_readpublic", "-c", "ek.ctx", "-n", "ek.name", "-f", "der", "-o", "ek.der");
    }
}
