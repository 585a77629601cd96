// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.ima.HashAlgorithms;
import attestation.ima.ImaLogException;
import attestation.ima.ListParser;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Which list a command reads: a file of any host, or this host's. */
final class ListSource {
    static final int NOT_A_LIST = 2;

    private static final Path LIVE = Path.of("/sys/kernel/security/ima/ascii_runtime_measurements");
    private static final int PIECE = 64 * 1024;
    private static final long POLL_MILLIS = 500;

    @Parameters(
            arity = "0..1",
            paramLabel = "LIST",
            description = "A measurement list, text or binary; told apart by itself.")
    @Nullable Path list;

    @Option(names = "--live", description = "This host's list instead of a file.")
    boolean live;

    static HashAlgorithms algorithms() {
        return HashAlgorithms.with(ListSource::others);
    }

    private static @Nullable MessageDigest others(String name) {
        if (!name.equals("sm3_256")) {
            return null;
        }
        try {
            return MessageDigest.getInstance("SM3", new BouncyCastleProvider());
        } catch (NoSuchAlgorithmException e) {
            return null;
        }
    }

    Path path() throws CliException {
        if (live == (list != null)) {
            throw new CliException(
                    ExitCodes.USAGE,
                    live
                            ? "list: both LIST and --live (expected: one of them)"
                            : "list: missing (expected: LIST or --live)");
        }
        return list == null ? LIVE : list;
    }

    /**
     * Reads the whole list.
     *
     * @throws CliException with exit code 2 where it is none
     */
    void read(ListParser.Sink sink) throws CliException {
        read(sink, false);
    }

    /** Reads the list and what is added to it, until interrupted. */
    void follow(ListParser.Sink sink) throws CliException {
        read(sink, true);
    }

    private void read(ListParser.Sink sink, boolean follow) throws CliException {
        Path path = path();
        ListParser parser = new ListParser(algorithms());
        try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
            drain(in, parser, sink);
            while (follow) {
                parser.boundary(sink);
                Thread.sleep(POLL_MILLIS);
                refuseCut(path, in, parser.offset() + parser.pending());
                drain(in, parser, sink);
            }
            parser.finish(sink);
            if (parser.format().isEmpty() && !live) {
                throw ImaLogException.Truncated.empty();
            }
        } catch (OutputLost e) {
            return; // Main says what became of it
        } catch (IOException e) {
            throw failed(path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void drain(FileChannel in, ListParser parser, ListParser.Sink sink)
            throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        while (in.read(piece.clear()) > 0) {
            parser.feed(piece.flip(), sink);
        }
    }

    /**
     * The kernel's list has no size; a file that is shorter than what was read was written anew.
     */
    private static void refuseCut(Path path, FileChannel in, long read)
            throws IOException, CliException {
        if (!Files.isRegularFile(path)) {
            return;
        }
        long size = in.size();
        if (size > 0 && size < read) {
            throw new CliException(
                    NOT_A_LIST,
                    shown(path)
                            + ": cut to %d bytes while it was followed (%d were read; expected: a list"
                                    .formatted(size, read)
                            + " only grows): start anew to see the other list");
        }
    }

    /** Refuses what can be read only once. */
    static void needsAFile(Path path) throws CliException {
        if (Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path)) {
            throw new CliException(
                    NOT_A_LIST,
                    shown(path)
                            + ": a pipe or device (expected: a file, which can be read more than"
                            + " once: put the list into one first)");
        }
    }

    static CliException failed(Path path, IOException e) {
        String text =
                e instanceof ImaLogException
                        ? shown(path) + ": " + e.getMessage()
                        : "cannot read " + shown(path) + ": " + reason(e);
        return new CliException(NOT_A_LIST, text);
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException none ->
                    LIVE.toString().equals(none.getFile())
                            ? "no such file (expected: a kernel with IMA, and securityfs mounted)"
                            : "no such file";
            case AccessDeniedException _ ->
                    "permission denied (expected: root for this host's list)";
            default -> Terminal.escape(String.valueOf(e.getMessage()));
        };
    }

    /** One line about a path that cannot be read. */
    static String unreadable(Path path, IOException e) {
        return "cannot read " + shown(path) + ": " + reason(e);
    }

    static String shown(Path path) {
        return Terminal.escape(path.toString());
    }
}
