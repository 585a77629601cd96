// SPDX-License-Identifier: Apache-2.0
/**
 * What the commands about file signatures share: keys from files, hashes that the JDK lacks, walks
 * over files.
 */
@NullMarked
package attestation.agent.integrity;

import org.jspecify.annotations.NullMarked;
