// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import java.util.List;

/**
 * What one owner publishes of itself: an immutable snapshot that the renderer only lays out.
 *
 * @param name stable machine name in lower case, for example {@code tpm}
 * @param title as people read it
 * @param health never {@link Health#OK} because something could not be read
 * @param reason why it is not OK, one sentence; empty when it is
 * @param next what to do about it; empty when there is nothing to do
 * @param fields in the order to show
 */
public record Section(
        String name, String title, Health health, String reason, String next, List<Field> fields) {

    /**
     * One value.
     *
     * @param key stable machine name in snake case with its unit, for example {@code queue_length}
     * @param label as people read it
     * @param value String, Long, Double, Boolean or a List of Strings
     */
    public record Field(String key, String label, Object value) {}
}
