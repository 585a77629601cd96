// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

/**
 * One field of an entry.
 *
 * @param id the kernel's field id, such as {@code d-ng}; {@code #2} in a template that is not known
 * @param bytes as stored in the template data, without its length
 */
public record Field(String id, byte[] bytes) {}
