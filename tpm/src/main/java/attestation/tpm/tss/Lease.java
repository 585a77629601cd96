// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.TpmException;
import attestation.tpm.TpmException.CommandFailed;

import tss.tpm.TPM2_FlushContext_REQUEST;
import tss.tpm.TPM_CC;
import tss.tpm.TPM_HANDLE;

/** A loaded object or session that is flushed when closed, on failing paths too. */
final class Lease implements AutoCloseable {
    private final Engine engine;
    private final Ref ref;
    private final boolean flush;
    private final Runnable before;

    private Lease(Engine engine, Ref ref, boolean flush, Runnable before) {
        this.engine = engine;
        this.ref = ref;
        this.flush = flush;
        this.before = before;
    }

    /** What we loaded and therefore flush. */
    static Lease owned(Engine engine, Ref ref) {
        return owned(engine, ref, () -> {});
    }

    /**
     * The same.
     *
     * @param before done before it is flushed
     */
    static Lease owned(Engine engine, Ref ref, Runnable before) {
        return new Lease(engine, ref, true, before);
    }

    /** What stays: a persistent object. */
    static Lease borrowed(Engine engine, Ref ref) {
        return new Lease(engine, ref, false, () -> {});
    }

    Ref ref() {
        return ref;
    }

    @Override
    public void close() throws TpmException {
        if (flush) {
            before.run();
            flush(engine, ref.handle());
        }
    }

    /** Flushes; that it is gone already is no error. */
    static void flush(Engine engine, int handle) throws TpmException {
        Command command =
                Command.of(
                        "TPM2_FlushContext",
                        TPM_CC.FlushContext,
                        new TPM2_FlushContext_REQUEST(new TPM_HANDLE(handle)));
        try {
            engine.always(() -> engine.run(command));
        } catch (CommandFailed e) {
            // somebody else flushed it, or the TPM was reset: gone is gone
        }
    }
}
