// SPDX-License-Identifier: Apache-2.0
package attestation.config;

/**
 * Something that keeps the configuration from being used.
 *
 * @param text what – value – expected; never a secret's value
 */
public record Problem(Origin origin, String text) {
    @Override
    public String toString() {
        return text + " [" + origin + "]";
    }
}
