// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.Reading;

/** What the kernel and PID 1 said since boot. */
public interface Journal {
    /** Messages of the kernel, audit records among them. */
    Reading kernel();

    /** Messages of PID 1. */
    Reading manager();
}
