// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

class ZipUnpackerTest {
    @TempDir Path root;

    static byte[] zip(String... namesAndContents) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                zip.putNextEntry(new ZipEntry(namesAndContents[i]));
                zip.write(namesAndContents[i + 1].getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private Path target() throws IOException {
        return Files.createDirectories(root.resolve("in/unzipped"));
    }

    private void unpack(byte[] zip, long mostBytes) throws Exception {
        new ZipUnpacker(zip, target(), mostBytes).unpack();
    }

    private long filesBelow(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void unpack_goodZip_privateFiles() throws Exception {
        unpack(zip("autorun.sh", "echo", "dir/", "", "dir/sub/ä.txt", "x"), 100);

        assertEquals("x", Files.readString(target().resolve("dir/sub/ä.txt")));
        assertEquals("rw-------", mode("autorun.sh"));
        assertEquals("rwx------", mode("dir/sub"));
    }

    private String mode(String name) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(target().resolve(name)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "/etc/x",
                "a/../../x",
                "a//b",
                "./x",
                "..",
                "a\\..\\x",
                "a\nb",
                "dir/../"
            })
    void unpack_climbingAbsoluteOrOddName_refusedByNameNothingWritten(String name)
            throws Exception {
        var e = assertThrows(PayloadException.class, () -> unpack(zip("good", "x", name, ""), 100));

        assertTrue(
                e.toString().contains("(expected: a relative path that does not climb)"),
                e.toString());
        assertEquals(0, filesBelow(root));
    }

    @Test
    void unpack_link_refusedByName() throws Exception {
        byte[] zip = zip("link", "/etc/passwd");
        int central = indexOf(zip, 0x02014b50);
        zip[central + 5] = 3; // made on unix
        ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putInt(central + 38, 0120777 << 16);

        var e = assertThrows(PayloadException.class, () -> unpack(zip, 100));
        assertEquals(
                "ZIP entry \"link\": a link or device (expected: files and directories)",
                e.getMessage());
        assertEquals(0, filesBelow(root));
    }

    @Test
    void unpack_nameOnlyInTheStream_refused() throws Exception {
        byte[] zip = zip("good", "x");
        int central = indexOf(zip, 0x02014b50);
        zip[central + 46] = 'f';

        var e = assertThrows(PayloadException.class, () -> unpack(zip, 100));
        assertEquals("ZIP entry \"good\": not in the ZIP's directory", e.getMessage());
    }

    @Test
    void unpack_bomb_refusedBeforeWriting() throws Exception {
        byte[] bomb = zip("zeros", "\0".repeat(50_000_000));

        var e = assertThrows(PayloadException.class, () -> unpack(bomb, 1 << 20));
        assertEquals(
                "ZIP entry \"zeros\": unpacks to more than is left of 1048576 bytes (secure_size)",
                e.getMessage());
        assertEquals(0, filesBelow(root));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,a/b", "a/b,a", "a/b/c,a/b", "a,a/"})
    void unpack_fileThatIsADirectoryToo_refusedNothingWritten(String names) throws Exception {
        String[] both = names.split(",");

        var e =
                assertThrows(
                        PayloadException.class,
                        () -> unpack(zip("good", "x", both[0], "", both[1], ""), 100));
        assertTrue(e.toString().endsWith("\": a file and a directory"), e.toString());
        assertEquals(0, filesBelow(root));
    }

    @Test
    void unpack_encrypted_refusedNothingWritten() throws Exception {
        byte[] zip = zip("good", "x");
        zip[6] |= 1;
        zip[indexOf(zip, 0x02014b50) + 8] |= 1;

        var e = assertThrows(PayloadException.class, () -> unpack(zip, 100));
        assertEquals("ZIP: damaged - encrypted ZIP entry not supported", e.getMessage());
        assertEquals(0, filesBelow(root));
    }

    /** The daemon's heap is smaller than what secure_size may allow. */
    @Test
    void unpack_largeEntry_isNeverWholeInMemory() throws Exception {
        byte[] large = zip("zeros", "\0".repeat(50_000_000));
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        unpack(large, 1 << 30);

        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertEquals(50_000_000, Files.size(target().resolve("zeros")));
        assertTrue(allocated < 10_000_000, allocated + " bytes allocated");
    }

    @Test
    void unpack_tooManyEntries_refused() throws Exception {
        var many = new String[2 * 1025];
        Arrays.setAll(many, i -> i % 2 == 0 ? "f" + i : "");

        var e = assertThrows(PayloadException.class, () -> unpack(zip(many), 1 << 20));
        assertEquals("ZIP: 1025 entries (expected: at most 1024)", e.getMessage());
    }

    @Test
    void unpack_fileAlreadyThere_keptAndRefused() throws Exception {
        Files.writeString(target().resolve("derived_tci_key"), "key");

        var e =
                assertThrows(
                        PayloadException.class, () -> unpack(zip("derived_tci_key", "x"), 100));
        assertEquals("ZIP entry \"derived_tci_key\": there already", e.getMessage());
        assertEquals("key", Files.readString(target().resolve("derived_tci_key")));
    }

    @Test
    void unpack_randomDamage_exceptionOrFilesBelowOnly() throws Exception {
        byte[] good = zip("a/b", "content", "c", "more content", "../d".substring(3), "x");
        var random = new Random(7);
        for (int round = 0; round < 400; round++) {
            byte[] damaged = good.clone();
            for (int i = 0; i <= random.nextInt(4); i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                unpack(damaged, 1000);
            } catch (PayloadException | IOException e) {
                // the two that the caller handles
            }
            assertFalse(filesBelow(root) > filesBelow(root.resolve("in/unzipped")));
            PrivateFiles.deleteTree(root.resolve("in"));
        }
    }

    private static int indexOf(byte[] zip, int signature) {
        var in = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < zip.length - 3; at++) {
            if (in.getInt(at) == signature) {
                return at;
            }
        }
        throw new AssertionError("no directory");
    }
}
