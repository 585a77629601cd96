// SPDX-License-Identifier: Apache-2.0
package attestation.agent.integrity;

import java.util.Optional;

/** What came of reading a file: absent and unreadable are never mixed up. */
public sealed interface Reading {
    /** Its content, one char a byte. */
    record Content(String text) implements Reading {}

    /** There is none. */
    record Absent() implements Reading {}

    /** It is there, or may be; the reason says why it could not be read. */
    record Unreadable(String reason) implements Reading {}

    /** The content, if there is one. */
    default Optional<String> content() {
        return this instanceof Content content ? Optional.of(content.text()) : Optional.empty();
    }

    /** For people: why there is no content. */
    default String whyNot() {
        return switch (this) {
            case Content _ -> "";
            case Absent _ -> "not there";
            case Unreadable unreadable -> unreadable.reason();
        };
    }
}
