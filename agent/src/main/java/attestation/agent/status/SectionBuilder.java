// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a {@link Section} together; the worst health that is reported wins. Confined to one thread.
 */
public final class SectionBuilder {
    private final String name;
    private final String title;
    private final List<Section.Field> fields = new ArrayList<>();
    private Health health = Health.OK;
    private String reason = "";
    private String next = "";

    public SectionBuilder(String name, String title) {
        this.name = name;
        this.title = title;
    }

    /** Adds a value; empty text is left out. */
    public SectionBuilder field(String key, String label, Object value) {
        if (!value.equals("")) {
            fields.add(new Section.Field(key, label, value));
        }
        return this;
    }

    /** Adds a point in time, to the second: people compare it with the journal. */
    public SectionBuilder time(String key, String label, Instant when) {
        return field(key, label, when.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /** Reports something that is wrong; of several equally bad ones the first is shown. */
    public SectionBuilder report(Health found, String why, String whatNext) {
        if (found.compareTo(health) > 0) {
            health = found;
            reason = why;
            next = whatNext;
        }
        return this;
    }

    public Section build() {
        return new Section(name, title, health, reason, next, List.copyOf(fields));
    }
}
