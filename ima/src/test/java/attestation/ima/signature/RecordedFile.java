// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One of the files whose attributes were set by evmctl and judged by a real kernel. */
record RecordedFile(Path path, Map<String, byte[]> xattrs) implements Xattrs {
    private static final String ROOT = "/attestation/fixtures/ima/signed/";
    private static final Pattern ATTRIBUTE = Pattern.compile("\"(security\\.\\w+)\": \"(\\w+)\"");

    /** Owner, group and mode with which all of them were signed. */
    static final Ownership OWNERSHIP = new Ownership(0, 0, 0100755);

    static byte[] bytes(String name) throws IOException {
        try (InputStream in = RecordedFile.class.getResourceAsStream(ROOT + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    static RecordedFile of(String name, Path folder) throws IOException {
        Path file = Files.write(folder.resolve(name), bytes("files/" + name));
        String json = new String(bytes("xattrs.json"), StandardCharsets.UTF_8);
        String mine = json.substring(json.indexOf("\"" + name + "\": {"));
        String set = mine.substring(mine.indexOf("\"xattrs\""));
        Map<String, byte[]> xattrs = new HashMap<>();
        Matcher matcher = ATTRIBUTE.matcher(set.substring(0, set.indexOf('}')));
        while (matcher.find()) {
            xattrs.put(matcher.group(1), HexFormat.of().parseHex(matcher.group(2)));
        }
        return new RecordedFile(file, xattrs);
    }

    @Override
    public Optional<byte[]> get(Path file, String name) {
        return Optional.ofNullable(xattrs.get(name));
    }

    @Override
    public void set(Path file, String name, byte[] value) {
        xattrs.put(name, value);
    }

    /** security.ima. */
    byte[] value() {
        return Objects.requireNonNull(xattrs.get(FileVerifier.IMA));
    }

    static TrustedKeys keys() throws IOException {
        return new TrustedKeys(
                java.util.List.of(key("rsa2048.der"), key("ec256.der"), key("ec384.der")));
    }

    static TrustedKey key(String name) throws IOException {
        return TrustedKey.read(name, bytes(name));
    }
}
