// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import tss.tpm.TPM_RH;

import java.nio.ByteBuffer;

/**
 * A handle and the Name that authorizations are computed over (Part 1 §16).
 *
 * @param handle as the TPM gave it
 * @param name of the object; the handle itself where there is no public area
 */
record Ref(int handle, byte[] name) {
    static final Ref OWNER = unnamed(TPM_RH.OWNER.toInt());
    static final Ref ENDORSEMENT = unnamed(TPM_RH.ENDORSEMENT.toInt());
    static final Ref NULL = unnamed(TPM_RH.NULL.toInt());

    /** A hierarchy, PCR or session. */
    static Ref unnamed(int handle) {
        return new Ref(handle, ByteBuffer.allocate(4).putInt(handle).array());
    }
}
