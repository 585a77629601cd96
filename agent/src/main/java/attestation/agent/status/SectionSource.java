// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

/** An owner's way to publish: cheap, never blocks, callable from any thread. */
@FunctionalInterface
public interface SectionSource {
    /** The newest snapshot. */
    Section section();
}
