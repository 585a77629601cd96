// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.TpmException;
import attestation.tpm.wire.Selections;
import attestation.tpm.wire.TpmReader;

import tss.tpm.TPM2_GetCapability_REQUEST;
import tss.tpm.TPM_CAP;
import tss.tpm.TPM_CC;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** TPM2_GetCapability, followed to its end (Part 3 §30.2). */
final class Capabilities {
    private static final int BATCH = 128;
    private static final int MAX_PAGES = 64;
    private static final int KIND = 0xff000000;

    private Capabilities() {}

    /** Reads one page into the caller's collection. */
    private interface Page {
        /** Returns the property to go on from. */
        int read(TpmReader in) throws TpmException;
    }

    /** TPM_PT values in the group that begins at {@code first}. */
    static Map<Integer, Integer> properties(Engine engine, int first) throws TpmException {
        Map<Integer, Integer> found = new LinkedHashMap<>();
        int last = first + 0xff;
        pages(
                engine,
                TPM_CAP.TPM_PROPERTIES,
                first,
                in -> {
                    int count = in.count(BATCH, 8);
                    int next = last + 1;
                    for (int i = 0; i < count; i++) {
                        int property = in.i32();
                        int value = in.i32();
                        if (property <= last) {
                            found.put(property, value);
                        }
                        next = property + 1;
                    }
                    return next > last ? 0 : next;
                });
        return found;
    }

    /** Handles of the same kind (highest byte) from {@code first} on. */
    static List<Integer> handles(Engine engine, int first) throws TpmException {
        List<Integer> found = new ArrayList<>();
        pages(
                engine,
                TPM_CAP.HANDLES,
                first,
                in -> {
                    int count = in.count(BATCH, 4);
                    int next = 0;
                    for (int i = 0; i < count; i++) {
                        int handle = in.i32();
                        boolean ours = sameKind(handle, first);
                        if (ours) {
                            found.add(handle);
                        }
                        next = ours ? (first & KIND) | ((handle & ~KIND) + 1) : 0;
                    }
                    return next;
                });
        return found;
    }

    /** Of sessions one asks for loaded or saved ones, and is told which are HMAC, which policy. */
    private static boolean sameKind(int handle, int first) {
        boolean sessions = isSession(handle) && isSession(first);
        return sessions || (handle & KIND) == (first & KIND);
    }

    private static boolean isSession(int handle) {
        return handle >>> 24 == 0x02 || handle >>> 24 == 0x03;
    }

    /** Every bank the TPM knows; one with mask 0 is not allocated. */
    static List<Selections.Raw> banks(Engine engine) throws TpmException {
        List<Selections.Raw> found = new ArrayList<>();
        pages(
                engine,
                TPM_CAP.PCRS,
                0,
                in -> {
                    found.addAll(Selections.read(in));
                    return 0;
                });
        return found;
    }

    /** TPM_ALG_IDs the TPM implements. */
    static List<Integer> algorithms(Engine engine) throws TpmException {
        List<Integer> found = new ArrayList<>();
        pages(
                engine,
                TPM_CAP.ALGS,
                0,
                in -> {
                    int count = in.count(BATCH, 6);
                    int next = 0;
                    for (int i = 0; i < count; i++) {
                        int algorithm = in.u16();
                        in.i32();
                        found.add(algorithm);
                        next = algorithm + 1;
                    }
                    return next;
                });
        return found;
    }

    /** TPM_ECC_CURVEs the TPM implements. */
    static List<Integer> curves(Engine engine) throws TpmException {
        List<Integer> found = new ArrayList<>();
        pages(
                engine,
                TPM_CAP.ECC_CURVES,
                0,
                in -> {
                    int count = in.count(BATCH, 2);
                    int next = 0;
                    for (int i = 0; i < count; i++) {
                        int curve = in.u16();
                        found.add(curve);
                        next = curve + 1;
                    }
                    return next;
                });
        return found;
    }

    private static void pages(Engine engine, TPM_CAP capability, int first, Page page)
            throws TpmException {
        int from = first;
        for (int pages = 0; pages < MAX_PAGES; pages++) {
            Command command =
                    Command.of(
                            "TPM2_GetCapability",
                            TPM_CC.GetCapability,
                            new TPM2_GetCapability_REQUEST(capability, from, BATCH));
            TpmReader in = engine.run(command).reader();
            boolean more = in.u8() != 0;
            int kind = in.i32();
            if (kind != capability.toInt()) {
                throw in.bad("capability " + kind + " (expected: " + capability.toInt() + ")");
            }
            int next = page.read(in);
            in.end();
            if (!more || next == 0 || Integer.compareUnsigned(next, from) <= 0) {
                return;
            }
            from = next;
        }
    }
}
