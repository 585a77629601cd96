// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

/**
 * What a kernel must have so that it does not refuse the rule, and with it the whole policy.
 *
 * @param line of the rule, from 1
 * @param feature what of the rule needs it, such as {@code func=MMAP_CHECK_REQPROT}
 */
public record Requirement(int line, String feature, Need need) {
    /** What is needed. */
    public sealed interface Need {
        /** This version of Linux, unless the distribution ported it back. */
        record Version(int major, int minor) implements Need {
            /** For people. */
            @Override
            public String toString() {
                return "Linux " + major + "." + minor;
            }
        }

        /** A configuration option of the kernel. */
        record Option(String name) implements Need {
            @Override
            public String toString() {
                return name;
            }
        }

        /** SELinux or Smack, loaded before this policy. */
        record Labels() implements Need {
            @Override
            public String toString() {
                return "an LSM with labels (SELinux or Smack), its policy loaded before this one";
            }
        }
    }

    /** One line for people. */
    @Override
    public String toString() {
        return feature + " needs " + need + ": a kernel without refuses the whole policy";
    }
}
