// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

/**
 * A condition on a user or group.
 *
 * @param operator {@code =}, {@code <} or {@code >}
 */
public record IdCondition(Whose id, char operator, long value) {
    /** Whose id: of the process, or of the file. */
    public enum Whose {
        UID,
        EUID,
        GID,
        EGID,
        FOWNER,
        FGROUP;

        /** uid and euid share one place in the kernel's rule, as gid and egid do. */
        Whose slot() {
            return switch (this) {
                case EUID -> UID;
                case EGID -> GID;
                case UID, GID, FOWNER, FGROUP -> this;
            };
        }
    }

    boolean matches(long actual) {
        return switch (operator) {
            case '<' -> actual < value;
            case '>' -> actual > value;
            default -> actual == value;
        };
    }
}
