// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel's IMA measurement list: its entries, its two formats, its replay.
 *
 * <p>{@link attestation.ima.ListParser} turns bytes into {@link attestation.ima.Entry}, {@link
 * attestation.ima.Replay} folds entries into PCR values; {@link attestation.ima.FastReplay} does
 * both with a whole file. Following the live list is in {@code attestation.ima.follow}, finding the
 * prefix a quote speaks of in {@code attestation.ima.match}. Only the JDK is needed; hash names are
 * the kernel's ("sha256").
 *
 * {@snippet lang = java :
 * import attestation.ima.*;
 * import java.nio.ByteBuffer;
 * import java.nio.channels.FileChannel;
 * import java.nio.file.Path;
 * import java.util.HexFormat;
 *
 * class Example {
 *     public static void main(String[] arguments) throws Exception {
 *         ListParser parser = new ListParser(HashAlgorithms.standard());
 *         Replay replay = new Replay("sha256", ReplayMode.HASH);
 *         ListParser.Sink sink = (entry, bytes) -> {
 *             if (entry.violation()) {
 *                 System.out.println("violation: " + Display.escape(entry.name()));
 *             }
 *             replay.extend(entry);
 *         };
 *         try (FileChannel list = FileChannel.open(Path.of(arguments[0]))) {
 *             ByteBuffer piece = ByteBuffer.allocate(64 * 1024);
 *             while (list.read(piece.clear()) > 0) {
 *                 parser.feed(piece.flip(), sink);
 *             }
 *             parser.finish(sink);
 *         }
 *         System.out.println(parser.entries() + " " + HexFormat.of().formatHex(replay.value(10)));
 *     }
 * }
 * }
 */
@NullMarked
package attestation.ima;

import org.jspecify.annotations.NullMarked;
