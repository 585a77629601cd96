// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel's IMA measurement list: its entries, its two formats, its replay.
 *
 * <p>{@link attestation.ima.ListParser} turns bytes into {@link attestation.ima.Entry}, XX
 * Following the live list is in {@code attestation.ima.follow}, finding the prefix a quote speaks
 * of in {@code attestation.ima.match}. Only the JDK is needed; hash names are the kernel's
 * ("sha256").
 */
@NullMarked
package attestation.ima;

import org.jspecify.annotations.NullMarked;
