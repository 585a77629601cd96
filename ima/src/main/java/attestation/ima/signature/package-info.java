// SPDX-License-Identifier: Apache-2.0
/**
 * The extended attributes {@code security.ima} and {@code security.evm} of files: read, verified,
 * made.
 *
 * <p>{@link attestation.ima.signature.FileVerifier} judges a file, {@link
 * attestation.ima.signature.FileSigner} signs one; both reach attributes through {@link
 * attestation.ima.signature.Xattrs}, since the JDK cannot. Formats: {@code
 * security/integrity/integrity.h} and {@code digsig_asymmetric.c} of the kernel.
 */
@NullMarked
package attestation.ima.signature;

import org.jspecify.annotations.NullMarked;
