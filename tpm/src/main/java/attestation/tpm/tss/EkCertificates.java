// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.TpmException;
import attestation.tpm.TpmException.CommandFailed;
import attestation.tpm.TpmRc;
import attestation.tpm.wire.Certificates;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;

/** EK certificates and their chain in NV (TCG EK Credential Profile §2.2). */
final class EkCertificates {
    private static final int MAX_CERTIFICATE = 8 * 1024;
    private static final int MAX_CHAIN = 64 * 1024;
    private static final int CHAIN_FIRST = 0x01c00100;
    private static final int CHAIN_LAST = 0x01c001ff;

    private final Engine engine;
    private final Nv nv;

    EkCertificates(Engine engine, Nv nv) {
        this.engine = engine;
        this.nv = nv;
    }

    /**
     * What was found.
     *
     * @param unreadable there is an index that could not be read, which may pass
     */
    record Found(Optional<byte[]> certificate, String note, boolean unreadable) {}

    Found at(int index) throws TpmException {
        try {
            byte[] area = nv.read(index, MAX_CERTIFICATE);
            return new Found(Optional.of(Certificates.cut(area)), "", false);
        } catch (CommandFailed e) {
            if (e.rc().base() == TpmRc.HANDLE) {
                String none = String.format("no EK certificate at NV index 0x%08x", index);
                return new Found(Optional.empty(), none, false);
            }
            return new Found(Optional.empty(), e.getMessage(), true);
        } catch (TpmException.Unsupported e) {
            return new Found(Optional.empty(), e.getMessage(), true);
        }
    }

    /** Intermediate certificates; what cannot be read is left out. */
    List<byte[]> chain() throws TpmException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int index : Capabilities.handles(engine, CHAIN_FIRST)) {
            if (index > CHAIN_LAST || all.size() >= MAX_CHAIN) {
                break;
            }
            try {
                all.writeBytes(nv.read(index, MAX_CHAIN - all.size()));
            } catch (CommandFailed | TpmException.Unsupported e) {
                break; // a chain with a hole is of no use beyond it
            }
        }
        return Certificates.split(all.toByteArray());
    }
}
