// SPDX-License-Identifier: Apache-2.0
package attestation.config;

/**
 * A key's value and where it comes from.
 *
 * @param name under which the operator wrote it
 */
record Assigned<T>(T value, Origin origin, String name) {}
