// SPDX-License-Identifier: Apache-2.0
/**
 * Follows the kernel's live list and keeps what was read in a spool file of this boot.
 *
 * <p>{@link attestation.ima.follow.MeasurementFollower} is the way in; {@link
 * attestation.ima.follow.LogView} and {@link attestation.ima.follow.Slice} are what readers on
 * other threads get. What is new since entry 1000, and which prefix a quote with this PCR 10
 * covers:
 *
 * {@snippet lang = java :
 * import attestation.ima.*;
 * import attestation.ima.follow.*;
 * import attestation.ima.match.*;
 * import java.nio.file.Path;
 * import java.util.Arrays;
 * import java.util.HexFormat;
 * import java.util.Optional;
 * import java.util.OptionalLong;
 *
 * class Example {
 *     public static void main(String[] arguments) throws Exception {
 *         byte[] quoted = HexFormat.of().parseHex(arguments[2]);
 *         FollowerSettings settings = new FollowerSettings(
 *                 Path.of(arguments[0]), // ascii_ or binary_runtime_measurements
 *                 Optional.empty(), // runtime_measurements_count, where it can be read
 *                 KeepOpen.AUTO,
 *                 Path.of(arguments[1]), // of the spool
 *                 1L << 30,
 *                 new BootIdentity("the boot's id", OptionalLong.empty()));
 *         PrefixMatcher matcher = new PrefixMatcher(HashAlgorithms.standard());
 *         try (MeasurementFollower follower = MeasurementFollower.open(settings)) {
 *             follower.drain();
 *             LogView view = follower.view();
 *             EntryCursor news = view.entriesFrom(Math.min(1000, view.entries()));
 *             for (Entry entry = news.next(); entry != null; entry = news.next()) {
 *                 System.out.println(entry);
 *             }
 *             System.out.println(switch (matcher.match(
 *                     view, "sha256", pcrs -> Arrays.equals(pcrs.pcr(10), quoted))) {
 *                 case Match.Proven proven -> "covers " + proven.entries() + " entries";
 *                 case Match.Unproven none -> "covers no prefix of " + none.searched() + " entries";
 *             });
 *         }
 *     }
 * }
 * }
 */
@NullMarked
package attestation.ima.follow;

import org.jspecify.annotations.NullMarked;
