// SPDX-License-Identifier: Apache-2.0
import org.eclipse.packager.rpm.FileFlags;
import org.eclipse.packager.rpm.RpmTag;
import org.eclipse.packager.rpm.RpmVersion;
import org.eclipse.packager.rpm.VerifyFlags;
import org.eclipse.packager.rpm.build.BuilderContext;
import org.eclipse.packager.rpm.build.BuilderOptions;
import org.eclipse.packager.rpm.build.DigestAlgorithm;
import org.eclipse.packager.rpm.build.FileInformation;
import org.eclipse.packager.rpm.build.RpmBuilder;
import org.eclipse.packager.rpm.build.SimpleFileInformationCustomizer;
import org.eclipse.packager.rpm.coding.PayloadCoding;
import org.eclipse.packager.rpm.deps.RpmDependencyFlags;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Packs what {@link Stage} laid out as an .rpm, without rpmbuild. Written by a library and not by a
 * plugin of Maven, since none lets one choose the compression: gzip makes the package half as large
 * again.
 *
 * <p>Arguments: the laid out root, the packaging folder, the file to write, the time stamp (ISO
 * 8601) of all, version, release, architecture in RPM's words, compression ({@code gzip} or {@code
 * xz}).
 */
public class RpmPackage {
    private static final String NAME = "attestation-agent";
    private static final String HOME = "usr/lib/attestation-agent";
    private static final String SETTINGS = "etc/attestation-agent";
    private static final String CONFIGURATION = SETTINGS + "/agent.toml";
    private static final int DIRECTORY = 0040755;
    private static final int PRIVATE_DIRECTORY = 0040750;
    private static final int PROGRAM = 0100755;
    private static final int FILE = 0100644;
    private static final int PRIVATE_FILE = 0100640;
    private static final int LINK = 0120777;

    /** Words for Debian only. */
    private static final Set<String> LEFT_OUT =
            Set.of(
                    "usr/share/doc/attestation-agent/changelog.Debian.gz",
                    "usr/share/lintian/overrides/attestation-agent");

    private static final Set<VerifyFlags> EVERYTHING = EnumSet.allOf(VerifyFlags.class);

    private final Path root;
    private final Path scripts;
    private final Instant stamp;
    private final RpmBuilder rpm;

    private RpmPackage(Path root, Path scripts, Instant stamp, RpmBuilder rpm) {
        this.root = root;
        this.scripts = scripts;
        this.stamp = stamp;
        this.rpm = rpm;
    }

    public static void main(String[] arguments) throws IOException {
        BuilderOptions options = new BuilderOptions();
        options.setFileDigestAlgorithm(DigestAlgorithm.SHA256);
        options.setPayloadCoding(PayloadCoding.fromValue(arguments[7]).orElseThrow());
        Path target = Path.of(arguments[2]);
        Files.deleteIfExists(target);
        RpmVersion version = new RpmVersion(arguments[4], arguments[5]);
        try (RpmBuilder rpm = new RpmBuilder(NAME, version, arguments[6], target, options)) {
            Path scripts = Path.of(arguments[1]).resolve("packages.d/rpm");
            new RpmPackage(Path.of(arguments[0]), scripts, Instant.parse(arguments[3]), rpm)
                    .write();
        }
    }

    private void write() throws IOException {
        describe(rpm.getInformation());
        rpm.addRequirement("/bin/sh", "");
        rpm.addRequirement("systemd", "252", RpmDependencyFlags.GREATER, RpmDependencyFlags.EQUAL);
        rpm.addRequirement("util-linux", "");
        rpm.setPostInstallationScript(script("post"));
        rpm.setPostTransactionScript(script("posttrans"));
        rpm.setPreRemoveScript(script("preun"));
        rpm.setPostRemoveScript(script("postun"));
        rpm.setHeaderCustomizer(
                header -> header.putInt(RpmTag.BUILDTIME, (int) stamp.getEpochSecond()));
        BuilderContext content = rpm.newContext();
        for (Path entry : Folders.walk(root)) {
            add(content, entry, root.relativize(entry).toString());
        }
        rpm.build();
    }

    private void describe(RpmBuilder.PackageInformation about) {
        about.setSummary("Remote attestation agent for IMA and TPM 2.0");
        about.setDescription(
                """
                Follows the kernel's list of measured files (IMA), has it covered by quotes of
                the host's TPM 2.0, and serves both over mutual TLS to Keylime's verifier.

                The package brings its own Java and runs as its own user without any
                capability. It does nothing before it is configured and enabled: see agent(8).""");
        about.setLicense(
                "Apache-2.0 AND GPL-2.0-only WITH Classpath-exception-2.0 AND MIT AND BSD-3-Clause AND ISC AND OpenSSL");
        about.setGroup("System Environment/Daemons");
        about.setPackager("The attestation-agent maintainers");
        about.setVendor("attestation-agent");
        about.setBuildHost("localhost");
        about.setSourcePackage(NAME + "-" + rpm.getVersion() + ".src.rpm");
    }

    private String script(String name) throws IOException {
        return Files.readString(scripts.resolve(name));
    }

    private void add(BuilderContext content, Path entry, String name) throws IOException {
        if (Files.isSymbolicLink(entry)) {
            String target = Files.readSymbolicLink(entry).toString();
            content.addSymbolicLink("/" + name, target, as(LINK, List.of(), EVERYTHING));
        } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            if (isOurs(name)) {
                int mode = name.equals(SETTINGS) ? PRIVATE_DIRECTORY : DIRECTORY;
                content.addDirectory("/" + name, as(mode, List.of(), EVERYTHING));
            }
        } else if (!LEFT_OUT.contains(name)) {
            content.addFile(
                    "/" + placeOf(name), entry, as(mode(name), flags(name), verified(name)));
        }
    }

    /** What rpm -V compares: systemd-tmpfiles gives the configuration to the agent's group. */
    private static Set<VerifyFlags> verified(String name) {
        return name.equals(CONFIGURATION)
                ? EnumSet.complementOf(EnumSet.of(VerifyFlags.GROUP))
                : EVERYTHING;
    }

    /** Folders that no other package has. */
    private static boolean isOurs(String name) {
        return name.equals(HOME)
                || name.startsWith(HOME + "/")
                || name.equals(SETTINGS)
                || name.matches("usr/share/(doc/)?attestation-agent(/.*)?");
    }

    /** Fedora's zsh looks elsewhere than Debian's. */
    private static String placeOf(String name) {
        return name.replace("usr/share/zsh/vendor-completions/", "usr/share/zsh/site-functions/");
    }

    private static int mode(String name) {
        if (name.equals(CONFIGURATION)) {
            return PRIVATE_FILE;
        }
        boolean program =
                name.startsWith(HOME + "/bin/")
                        || name.startsWith(HOME + "/runtime/bin/")
                        || name.equals(HOME + "/runtime/lib/jspawnhelper");
        return program ? PROGRAM : FILE;
    }

    private static List<FileFlags> flags(String name) {
        if (name.equals(CONFIGURATION)) {
            return List.of(FileFlags.CONFIGURATION, FileFlags.NOREPLACE);
        }
        boolean document = name.startsWith("usr/share/doc/") || name.startsWith("usr/share/man/");
        return document ? List.of(FileFlags.DOC) : List.of();
    }

    private SimpleFileInformationCustomizer as(
            int mode, List<FileFlags> flags, Set<VerifyFlags> verified) {
        return (FileInformation file) -> {
            file.setUser("root");
            file.setGroup("root");
            file.setMode((short) mode);
            file.setTimestamp(stamp);
            Set<FileFlags> all = EnumSet.noneOf(FileFlags.class);
            all.addAll(flags);
            file.setFileFlags(all);
            file.setVerifyFlags(verified);
        };
    }
}
