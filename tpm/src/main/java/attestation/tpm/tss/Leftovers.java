// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.TpmException;
import attestation.tpm.TpmException.BadResponse;
import attestation.tpm.TpmException.CommandFailed;
import attestation.tpm.TpmException.TransportBroken;
import attestation.tpm.wire.PublicArea;

import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Flushes what a killed run or a lost answer of ours left in a TPM without resource manager:
 * transient objects that are keys of ours, and the session whose handle we were never told.
 * Everything else stays. Sessions of a killed run are those that {@link SessionNotes} names.
 *
 * <p>Looks once for each Name and connection.
 */
final class Leftovers {
    private static final int TRANSIENT_FIRST = 0x80000000;
    private static final int LOADED_SESSIONS = 0x02000000;

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
        } catch (CommandFailed | BadResponse | TpmException.Unsupported e) {
            return new byte[0]; // of a kind we never load, or just gone: not ours
        }
    }

    /**
     * When the slots are full: flushes primary objects of exactly the kind that is to be made,
     * which therefore are that very key.
     *
     * @return whether there was one
     */
    boolean flushPrimaries(PublicArea template) throws TpmException {
        boolean flushed = false;
        List<Integer> handles =
                engine.managed() ? List.of() : Capabilities.handles(engine, TRANSIENT_FIRST);
        for (int handle : handles) {
            if (isOf(template, handle)) {
                Lease.flush(engine, handle);
                flushed = true;
            }
        }
        return flushed;
    }

    private boolean isOf(PublicArea template, int handle) throws TpmException {
        try {
            return Objects.readPublic(engine, "an unknown object", handle)
                    .area()
                    .sameTemplate(template);
        } catch (CommandFailed | BadResponse e) {
            return false;
        }
    }

    /**
     * Runs TPM2_StartAuthSession. When its answer is lost, the one session that was not there
     * before is flushed: between look and command this TPM served nobody else.
     */
    Response watchingSessions(Engine.Work<Response> start) throws TpmException {
        if (engine.managed()) {
            return start.run();
        }
        List<Integer> before = Capabilities.handles(engine, LOADED_SESSIONS);
        try {
            return start.run();
        } catch (TransportBroken e) {
            if (!(e.getCause() instanceof SocketTimeoutException)) {
                flushNew(before); // a TPM that hangs would only make us hang once more
            }
            throw e;
        } catch (BadResponse e) {
            flushNew(before);
            throw e;
        }
    }

    private void flushNew(List<Integer> before) {
        try {
            List<Integer> now = engine.always(() -> Capabilities.handles(engine, LOADED_SESSIONS));
            List<Integer> came = now.stream().filter(h -> !before.contains(h)).toList();
            if (came.size() == 1) {
                Lease.flush(engine, came.getFirst());
            }
        } catch (TpmException e) {
            // the TPM is away: sessions do not outlive its reset
        }
    }
}
