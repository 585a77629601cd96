// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Lists of kernels and machines that could not be recorded: older and newer ones, big endian.
 * {@code foreign-lists.py} wrote them and computed the PCR values.
 */
class ForeignListsTest {
    private static final HashAlgorithms HASHES = HashAlgorithms.standard();
    private static final String PLACE = "/attestation/fixtures/ima-foreign/";
    private static final List<String> SUFFIXES = List.of("", "_sha256", "_sha512", "_tpm_alg_27");

    @TempDir Path folder;

    static Stream<String> folders() {
        return Stream.of(
                "3.10-template-ima",
                "3.10-template-ima-big-endian",
                "3.10-template-ima-md5",
                "4.18-ima-ng-padded",
                "4.18-ima-ng-padded-big-endian",
                "5.14-s390x",
                "6.10-padded-sha512-bank",
                "6.10-unknown-bank",
                "6.16-kexec-carried-over",
                "custom-formats",
                "custom-formats-big-endian",
                "odd-names",
                "pcrs-to-63",
                "pcrs-to-63-of-digits",
                "pcrs-to-63-big-endian");
    }

    static Stream<Arguments> lists() {
        return folders()
                .flatMap(
                        name ->
                                Stream.of("ascii", "binary")
                                        .flatMap(
                                                form ->
                                                        SUFFIXES.stream()
                                                                .map(s -> list(form, s))
                                                                .filter(l -> has(name, l))
                                                                .map(l -> Arguments.of(name, l))));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void parse_foreignList_inPiecesOfAnySize(String name, String list) throws IOException {
        byte[] bytes = bytes(name, list);
        String[] counts = text(name, "counts").strip().split(" ");
        for (int piece : new int[] {1, 13, 163, 4096, bytes.length}) {
            List<Entry> entries = Lists.parse(bytes, piece);
            assertEquals(Integer.parseInt(counts[0]), entries.size(), "pieces of " + piece);
            assertEquals(counts[1], "" + entries.stream().filter(Entry::violation).count());
            assertEquals(counts[2], "" + entries.stream().mapToLong(Entry::physicalLines).sum());
        }
    }

    @ParameterizedTest
    @MethodSource("lists")
    void replay_foreignList_findsTheModeAndReachesThePcrs(String name, String list)
            throws Exception {
        Path file = folder.resolve("list");
        Files.write(file, bytes(name, list));
        for (String line : text(name, "pcrs").lines().toList()) {
            String[] words = line.split(" ");
            int pcr = Integer.parseInt(words[2]);
            Map<Integer, byte[]> expected = Map.of(pcr, HexFormat.of().parseHex(words[3]));
            FastReplay.Result result =
                    new FastReplay(HASHES)
                            .replay(file, List.of(words[0]), Map.of(words[0], expected));
            FastReplay.Bank bank = Objects.requireNonNull(result.banks().get(words[0]));
            assertTrue(bank.agrees(), line);
            assertEquals(words[1], bank.mode().name());
        }
    }

    @ParameterizedTest
    @MethodSource("lists")
    void render_foreignList_isTheKernelsAsciiList(String name, String list) throws IOException {
        AsciiRenderer renderer = new AsciiRenderer(HASHES);
        ByteArrayOutputStream rendered = new ByteArrayOutputStream();
        for (Entry entry : Lists.parse(bytes(name, list))) {
            rendered.writeBytes(renderer.renderProven(entry));
        }
        assertArrayEquals(bytes(name, list("ascii", "")), rendered.toByteArray());
    }

    @ParameterizedTest
    @MethodSource("folders")
    void parse_asciiAndBinary_giveTheSameEntries(String name) throws IOException {
        List<Entry> text = Lists.parse(bytes(name, list("ascii", "")));
        List<Entry> binary = Lists.parse(bytes(name, list("binary", "")));
        assertEquals(binary.size(), text.size());
        for (int i = 0; i < text.size(); i++) {
            if (!text.get(i).violation()) {
                assertArrayEquals(binary.get(i).templateData(), text.get(i).templateData());
            }
            assertEquals(binary.get(i).templateName(), text.get(i).templateName());
            assertEquals(binary.get(i).pcr(), text.get(i).pcr());
            assertEquals(Display.escape(binary.get(i).name()), Display.escape(text.get(i).name()));
        }
    }

    private static String list(String form, String suffix) {
        return form + "_runtime_measurements" + suffix;
    }

    private static boolean has(String name, String file) {
        return ForeignListsTest.class.getResource(PLACE + name + "/" + file) != null;
    }

    private static byte[] bytes(String name, String file) {
        try (InputStream in =
                ForeignListsTest.class.getResourceAsStream(PLACE + name + "/" + file)) {
            return Objects.requireNonNull(in, name + "/" + file).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(String name, String file) {
        return new String(bytes(name, file), StandardCharsets.US_ASCII);
    }
}
