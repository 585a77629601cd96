// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.TpmException;
import attestation.tpm.TpmException.CommandFailed;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Flushes what a killed run of ours left in a TPM without resource manager: transient objects whose
 * Name is that of a key of ours. Everything else stays, sessions too: nobody can tell whose they
 * are.
 *
 * <p>Looks once for each Name and connection.
 */
final class Leftovers {
    private static final int TRANSIENT_FIRST = 0x80000000;

    private final Engine engine;
    private final Set<String> looked = new HashSet<>();

    Leftovers(Engine engine) {
        this.engine = engine;
    }

    /** Flushes objects with this Name at other handles than this one. */
    void flushOthers(Ref ours) throws TpmException {
        if (engine.managed() || !looked.add(Arrays.toString(ours.name()))) {
            return;
        }
        for (int handle : Capabilities.handles(engine, TRANSIENT_FIRST)) {
            if (handle != ours.handle() && Arrays.equals(nameOf(handle), ours.name())) {
                Lease.flush(engine, handle);
            }
        }
    }

    private byte[] nameOf(int handle) throws TpmException {
        try {
            return Objects.readPublic(engine, "an unknown object", handle).area().name();
        } catch (CommandFailed | TpmException.BadResponse | TpmException.Unsupported e) {
            return new byte[0]; // of a kind we never load, or just gone: not ours
        }
    }
}
