// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import java.util.List;

/**
 * Why the kernel refuses a line.
 *
 * @param line from 1
 * @param message what – value – expected
 * @param word the word that is not known, empty when all are
 * @param known what could have been meant by it
 */
public record Problem(int line, String message, String word, List<String> known) {}
