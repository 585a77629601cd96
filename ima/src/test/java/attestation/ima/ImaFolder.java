// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A recorded list with the PCR values the TPM had: name of the folder in the fixtures. */
public record ImaFolder(String name) {
    public static final List<String> BANKS = List.of("sha1", "sha256", "sha384", "sha512");

    /** Folders whose list replays from entry 0 to the recorded PCRs. */
    public static Stream<ImaFolder> replayable() {
        return all().filter(f -> !f.name().contains("kexec") || f.name().endsWith("before"));
    }

    public static Stream<ImaFolder> all() {
        return Stream.of(
                        "debian12-6.1-custom-fmt-d-n-sig",
                        "debian12-6.1-custom-fmt-sha512-unavailable",
                        "debian12-6.1-custom-policy",
                        "debian12-6.1-tcb",
                        "debian12-6.1-template-ima",
                        "debian12-6.1-template-ima-buf",
                        "debian12-6.1-template-ima-modsig",
                        "debian12-6.1-template-ima-ng",
                        "debian12-6.1-template-ima-ngv2",
                        "debian12-6.12-custom-fmt-sha512",
                        "debian12-6.12-custom-policy",
                        "debian12-6.12-fsverity-sigv2",
                        "debian12-6.12-ima-hash-sha384-no-bank",
                        "debian12-6.12-kexec-no-carry-over",
                        "debian12-6.12-kexec-no-carry-over/before",
                        "debian12-6.12-no-tpm",
                        "debian12-6.12-odd-names",
                        "debian12-6.12-sha1-bank-only",
                        "debian12-6.12-systemd-loaded-policy",
                        "debian12-6.12-tcb",
                        "debian12-6.12-template-evm-sig",
                        "debian12-6.12-template-ima-sigv2")
                .map(ImaFolder::new);
    }

    public byte[] ascii() {
        return bytes("ascii_runtime_measurements");
    }

    public byte[] binary() {
        return bytes("binary_runtime_measurements");
    }

    public byte[] bytes(String file) {
        return find(file).orElseThrow(() -> new IllegalArgumentException(name + " has no " + file));
    }

    public Optional<byte[]> find(String file) {
        String path = "/attestation/fixtures/ima/" + name + "/" + file;
        try (InputStream in = ImaFolder.class.getResourceAsStream(path)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The kernel's own count of entries. */
    public int count() {
        return Integer.parseInt(text("runtime_measurements_count").strip());
    }

    /** The kernel's own count of violations. */
    public int violations() {
        return Integer.parseInt(text("violations").strip());
    }

    /** Recorded values of a bank by PCR; empty when the TPM had no such bank. */
    public SortedMap<Integer, byte[]> pcrs(String bank) {
        SortedMap<Integer, byte[]> values = new TreeMap<>();
        find("pcrs." + bank).map(bytes -> new String(bytes, StandardCharsets.US_ASCII)).stream()
                .flatMap(String::lines)
                .map(line -> line.split(" "))
                .forEach(
                        words ->
                                values.put(
                                        Integer.valueOf(words[0]),
                                        HexFormat.of().parseHex(words[1])));
        return values;
    }

    /** All banks it has, with their values. */
    public Map<String, SortedMap<Integer, byte[]>> banks() {
        Map<String, SortedMap<Integer, byte[]>> banks = new TreeMap<>();
        BANKS.stream()
                .filter(bank -> !pcrs(bank).isEmpty())
                .forEach(bank -> banks.put(bank, pcrs(bank)));
        return banks;
    }

    /** The padded bank of this folder, by its README. */
    public ReplayMode mode(String bank) {
        boolean padded =
                name.equals("debian12-6.1-custom-fmt-sha512-unavailable") && bank.equals("sha512");
        return padded ? ReplayMode.PADDED_SHA1 : ReplayMode.HASH;
    }

    /** The usual list and those of banks, in both forms, as far as they were recorded. */
    public List<String> lists() {
        return Stream.of("ascii_runtime_measurements", "binary_runtime_measurements")
                .flatMap(base -> Stream.of("", "_sha256", "_sha512").map(suffix -> base + suffix))
                .filter(file -> find(file).isPresent())
                .toList();
    }

    private String text(String file) {
        return new String(bytes(file), StandardCharsets.US_ASCII);
    }
}
