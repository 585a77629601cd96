// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code run-payload} in the unit reads, lines in UTF-8: seconds, working directory, program,
 * its argument or an empty line; then each file as size in bytes, mode in octal, name, content; an
 * empty line at the end. Names below the secure directory are relative to it, others absolute.
 */
final class ProgramRequest {
    private final Path secure;

    ProgramRequest(Path secure) {
        this.secure = secure.toAbsolutePath();
    }

    void write(Program program, OutputStream channel) throws IOException {
        OutputStream out = new BufferedOutputStream(channel);
        line(out, Long.toString(program.timeout().toSeconds()));
        line(out, name(program.directory()));
        line(out, name(program.file()));
        line(out, program.argument().map(this::name).orElse(""));
        for (Path file : files()) {
            write(file, out);
        }
        line(out, "");
        out.flush();
    }

    /** The working directory of actions lies above the secure one: there it is "..". */
    private String name(Path path) {
        Path absolute = path.toAbsolutePath();
        boolean near = absolute.startsWith(secure) || absolute.equals(secure.getParent());
        return near ? secure.relativize(absolute).toString() : absolute.toString();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(secure)) {
            return all.filter(PrivateFiles::isFile).sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Of the size that was announced, whatever happens to the file meanwhile: else it throws. */
    private void write(Path file, OutputStream out) throws IOException {
        long size = Files.size(file);
        line(out, Long.toString(size));
        line(out, executable(file) ? "700" : "600");
        line(out, name(file));
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] content = in.readNBytes(Math.toIntExact(size));
            if (content.length != size) {
                throw new IOException("%s: shorter than %d bytes".formatted(file, size));
            }
            out.write(content);
        }
    }

    /** By its mode: where the agent sees it nothing may be executed. */
    private static boolean executable(Path file) throws IOException {
        return Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)
                .contains(PosixFilePermission.OWNER_EXECUTE);
    }

    private static void line(OutputStream out, String text) throws IOException {
        if (text.indexOf('\n') >= 0) {
            throw new IOException(text + ": a newline in a name (expected: none)");
        }
        out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
