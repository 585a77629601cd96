// SPDX-License-Identifier: Apache-2.0
package attestation.agent.installed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Entries of own files; sha256sum and its sisters are the judge. */
class OwnFilesTest {
    private static final List<String> SHA256 = List.of("sha256");

    @TempDir Path folder;
    private Path tree;
    private Path java;

    @BeforeEach
    void install() throws IOException {
        folder = folder.toRealPath();
        tree = Files.createDirectories(folder.resolve("opt/agent"));
        java = Files.createDirectories(tree.resolve("runtime"));
        write(tree.resolve("bin/agent"), "#!/bin/sh\n");
        write(tree.resolve("lib/app.jar"), "jar");
        write(java.resolve("lib/modules"), "modules");
        Files.createSymbolicLink(tree.resolve("lib/link.jar"), Path.of("app.jar"));
        Files.createSymbolicLink(tree.resolve("lib/gone.jar"), Path.of("nothing"));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** Output of one of the sum tools over these files, which is a manifest as well. */
    private static String sums(String tool, Path... files) throws Exception {
        var command = new java.util.ArrayList<String>(List.of(tool));
        List.of(files).forEach(file -> command.add(file.toString()));
        Process process = new ProcessBuilder(command).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return out;
    }

    private static String lines(OwnFiles own, String hash) {
        return own.files().stream()
                .map(file -> file.digests().get(hash) + "  " + file.path() + "\n")
                .collect(Collectors.joining());
    }

    private Path[] regularFiles() {
        return new Path[] {
            tree.resolve("bin/agent"), tree.resolve("lib/app.jar"), java.resolve("lib/modules")
        };
    }

    private Path ownList() {
        return tree.resolve("lib/own-files.sha256");
    }

    private Path manifest(String text) throws IOException {
        return Files.writeString(ownList(), text);
    }

    @Test
    void of_treeWithoutManifest_everyRegularFileOnceAndSaid() throws Exception {
        OwnFiles own = OwnFiles.of(tree, java, List.of("sha256", "sha512", "sha1", "sha384"));

        assertEquals(sums("sha256sum", regularFiles()), lines(own, "sha256"));
        assertEquals(sums("sha512sum", regularFiles()), lines(own, "sha512"));
        assertEquals(sums("sha384sum", regularFiles()), lines(own, "sha384"));
        assertEquals(sums("sha1sum", regularFiles()), lines(own, "sha1"));
        assertEquals(
                List.of(
                        tree
                                + ": no lib/own-files.sha256 in it, so its files were hashed as"
                                + " they are"),
                own.remarks());
    }

    @Test
    void of_manifest_itsFilesWhereverTheyLie() throws Exception {
        Path unit = folder.resolve("usr/lib/unit.service");
        write(unit, "[Service]\n");
        manifest(sums("sha256sum", tree.resolve("bin/agent"), unit));

        OwnFiles own = OwnFiles.of(tree, java, SHA256);

        assertEquals(List.of(), own.differences());
        assertEquals(List.of(), own.remarks());
        assertEquals(
                sums("sha256sum", tree.resolve("bin/agent"), ownList(), unit),
                lines(own, "sha256"));
    }

    @Test
    void of_manifestOtherHashWanted_onlyThatButStillCompared() throws Exception {
        manifest(sums("sha256sum", regularFiles()));

        OwnFiles own = OwnFiles.of(tree, java, List.of("sha1"));

        Path[] files = regularFiles();
        assertEquals(sums("sha1sum", files[0], files[1], ownList(), files[2]), lines(own, "sha1"));
        assertTrue(own.files().stream().allMatch(file -> file.digests().size() == 1));
    }

    @Test
    void of_fileChanged_leftOutAndNamed() throws Exception {
        Path jar = tree.resolve("lib/app.jar");
        String before = sums("sha256sum", jar).substring(0, 64);
        manifest(sums("sha256sum", tree.resolve("bin/agent"), jar));
        Files.writeString(jar, "evil");

        OwnFiles own = OwnFiles.of(tree, java, SHA256);

        assertEquals(sums("sha256sum", tree.resolve("bin/agent"), ownList()), lines(own, "sha256"));
        assertEquals(
                List.of(
                        "%s: sha256 %s (expected: %s)"
                                .formatted(jar, sums("sha256sum", jar).substring(0, 64), before)),
                own.differences());
    }

    @Test
    void of_scriptOfThePackageNotHereNow_itsEntryFromTheManifest() throws Exception {
        Path script = tree.resolve("lib/app.jar");
        String manifest = sums("sha256sum", script);
        manifest(manifest);
        Files.delete(script);

        OwnFiles own = OwnFiles.of(tree, java, SHA256);

        assertEquals(manifest + sums("sha256sum", ownList()), lines(own, "sha256"));
        assertEquals(List.of(), own.differences());
        assertEquals(
                List.of(script + ": not here now, so its entry is what the package says"),
                own.remarks());
        assertEquals(1, OwnFiles.of(tree, java, List.of("sha512")).files().size());
    }

    @Test
    void of_javaFromElsewhere_hashedAndSaid() throws Exception {
        manifest(sums("sha256sum", tree.resolve("bin/agent")));
        Path other = folder.resolve("usr/lib/jvm/java");
        write(other.resolve("bin/java"), "java");
        write(other.resolve("lib/libjvm.so"), "jvm");
        write(other.resolve("legal/licence"), "text that is never run");

        OwnFiles own = OwnFiles.of(tree, other, SHA256);

        assertEquals(
                sums(
                        "sha256sum",
                        tree.resolve("bin/agent"),
                        ownList(),
                        other.resolve("bin/java"),
                        other.resolve("lib/libjvm.so")),
                lines(own, "sha256"));
        assertEquals(1, own.remarks().size());
        assertTrue(own.remarks().getFirst().contains("not part of the package"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "zz  /a\n",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  relative\n",
                "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855  /upper\n",
                "\\e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  /a\\nb\n",
            })
    void ofManifest_notOne_refusedByName(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("own"), text);

        var e = assertThrows(InstalledException.class, () -> OwnFiles.ofManifest(file));

        assertTrue(String.valueOf(e.getMessage()).startsWith(file.toString()), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).contains("(expected: "), e.getMessage());
    }

    @Test
    void policy_intoExisting_keepsTheRestAndAddsOnce() throws Exception {
        Path app = tree.resolve("lib/app.jar");
        String hex = sums("sha256sum", app).substring(0, 64);
        Path policy = folder.resolve("policy.json");
        Files.writeString(
                policy,
                """
                {"meta": {"version": 1, "generator": 3}, "release": 0, "new": [1.50],
                 "digests": {"/usr/bin/true": ["ab"], "%s": ["cd", "%s"]},
                 "excludes": ["/tmp/.*"]}
                """
                        .formatted(app, hex));

        String merged =
                RuntimePolicy.read(policy).allow(OwnFiles.of(tree, java, SHA256).files()).render();

        JsonNode json = new ObjectMapper().readTree(merged);
        assertEquals(
                "[\"cd\",\"" + hex + "\"]", json.at("/digests").get(app.toString()).toString());
        assertEquals("[\"ab\"]", json.at("/digests").get("/usr/bin/true").toString());
        assertEquals("[\"/tmp/.*\"]", json.get("excludes").toString());
        assertEquals(3, json.at("/meta/generator").asInt());
        assertEquals(4, json.get("digests").size());
    }

    @Test
    void policy_blankInName_asTheKernelWritesIt() throws Exception {
        Path odd = folder.resolve("with blank");
        write(odd.resolve("bin/agent"), "x");

        String policy =
                RuntimePolicy.empty()
                        .allow(OwnFiles.of(odd, odd.resolve("bin"), SHA256).files())
                        .render();

        assertTrue(policy.contains(folder + "/with_blank/bin/agent"), policy);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{\"hashes\": {}}", "{\"digests\": []}", "no"})
    void policy_somethingElse_refusedByName(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("policy.json"), text);

        var e = assertThrows(InstalledException.class, () -> RuntimePolicy.read(file));

        assertTrue(String.valueOf(e.getMessage()).startsWith(file.toString()), e.getMessage());
    }
}
