// SPDX-License-Identifier: Apache-2.0
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Packs jars anew, without the modes that the builder's umask gave their entries, and without what
 * the package has no use for: signatures, since classes of a signed jar never come from a class
 * data archive and have their digests checked at each start (the package's own signature covers the
 * files instead), and native libraries, which are shipped as files. Entries are stored: compressed
 * as one, the package gets a third smaller, and no class is inflated at each start.
 */
record Jars(Instant stamp) {
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
    private static final Pattern NATIVE =
            Pattern.compile("com/sun/jna/[^/]+/[^/]+\\.(so|a|jnilib|dll)");

    void repackAll(Path folder) throws IOException {
        for (Path jar : Folders.list(folder)) {
            if (jar.getFileName().toString().endsWith(".jar")) {
                repack(jar);
            }
        }
    }

    private static boolean isLeftOut(String name) {
        return SIGNATURE.matcher(name).matches() || NATIVE.matcher(name).matches();
    }

    private void repack(Path jar) throws IOException {
        Path packed = jar.resolveSibling(jar.getFileName() + ".new");
        try (ZipFile zip = new ZipFile(jar.toFile());
                OutputStream out = Files.newOutputStream(packed);
                ZipOutputStream target = new ZipOutputStream(out)) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (!isLeftOut(entry.getName())) {
                    byte[] content = zip.getInputStream(entry).readAllBytes();
                    put(
                            target,
                            entry.getName(),
                            entry.getName().equals(MANIFEST) ? unsigned(content) : content);
                }
            }
        }
        Files.move(packed, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private void put(ZipOutputStream target, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(LocalDateTime.ofInstant(stamp, ZoneOffset.UTC));
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(checksum(content));
        target.putNextEntry(entry);
        target.write(content);
        target.closeEntry();
    }

    private static long checksum(byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(content);
        return sum.getValue();
    }

    /** The main section only: the others hold the digests of the signature. */
    private static byte[] unsigned(byte[] manifest) throws IOException {
        Attributes main = new Manifest(new ByteArrayInputStream(manifest)).getMainAttributes();
        Manifest kept = new Manifest();
        kept.getMainAttributes().putAll(main);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        kept.write(bytes);
        return bytes.toByteArray();
    }
}
