// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.Auth;
import attestation.tpm.TpmException;
import attestation.tpm.wire.TpmReader;

import tss.tpm.TPM2_NV_ReadPublic_REQUEST;
import tss.tpm.TPM2_NV_Read_REQUEST;
import tss.tpm.TPM2_PolicyAuthorizeNV_REQUEST;
import tss.tpm.TPM_CC;
import tss.tpm.TPM_HANDLE;

import java.io.ByteArrayOutputStream;
import java.util.Optional;

/** Reads NV indices whole (Part 3 §31). */
final class Nv {
    private static final int MAX_DIGEST = 64;
    private static final int MAX_NAME = 66;
    private static final int AUTH_READ = 1 << 18;
    private static final int OWNER_READ = 1 << 17;

    private final Engine engine;
    private final Sessions sessions;
    private final Optional<Auth> ownerAuth;
    private final int pieceBytes;

    Nv(Engine engine, Sessions sessions, Optional<Auth> ownerAuth, int pieceBytes) {
        this.engine = engine;
        this.sessions = sessions;
        this.ownerAuth = ownerAuth;
        this.pieceBytes = pieceBytes;
    }

    private record Index(Ref ref, int attributes, int size) {
        boolean byOwner() {
            return (attributes & AUTH_READ) == 0 && (attributes & OWNER_READ) != 0;
        }
    }

    /**
     * The whole area.
     *
     * @throws TpmException.CommandFailed with TPM_RC_HANDLE when there is no such index
     */
    byte[] read(int index, int maxBytes) throws TpmException {
        Index area = area(index);
        if (area.size() > maxBytes) {
            throw new TpmException.Unsupported(
                    String.format(
                            "NV index 0x%08x: %d bytes (expected: at most %d)",
                            index, area.size(), maxBytes));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(area.size());
        try (Sessions.Held held = sessions.authorization(reader(area))) {
            Ref by = area.byOwner() ? Ref.OWNER : area.ref();
            while (out.size() < area.size()) {
                int size = Math.min(pieceBytes, area.size() - out.size());
                out.writeBytes(piece(by, area.ref(), held.authorization(), size, out.size()));
            }
        }
        return out.toByteArray();
    }

    private Optional<Auth> reader(Index area) {
        return area.byOwner() ? ownerAuth : Optional.empty();
    }

    /** TPM2_PolicyAuthorizeNV: the session's policy is the one that the index names. */
    void authorizePolicy(int index, Ref session) throws TpmException {
        Index area = area(index);
        TPM_HANDLE none = new TPM_HANDLE(0);
        try (Sessions.Held held = sessions.authorization(reader(area))) {
            engine.run(
                            Command.of(
                                            what("TPM2_PolicyAuthorizeNV", index),
                                            TPM_CC.PolicyAuthorizeNV,
                                            new TPM2_PolicyAuthorizeNV_REQUEST(none, none, none))
                                    .on(
                                            area.byOwner() ? Ref.OWNER : area.ref(),
                                            area.ref(),
                                            session)
                                    .with(held.authorization()))
                    .reader()
                    .end();
        }
    }

    private byte[] piece(Ref by, Ref index, Authorization auth, int size, int offset)
            throws TpmException {
        TPM_HANDLE none = new TPM_HANDLE(0);
        Command command =
                Command.of(
                                what("TPM2_NV_Read", index.handle()),
                                TPM_CC.NV_Read,
                                new TPM2_NV_Read_REQUEST(none, none, size, offset))
                        .on(by, index)
                        .with(auth);
        TpmReader in = engine.run(command).reader();
        byte[] piece = in.sized(size);
        in.end();
        if (piece.length != size) {
            throw in.bad(piece.length + " bytes (expected: " + size + ")");
        }
        return piece;
    }

    private Index area(int index) throws TpmException {
        TpmReader in =
                engine.run(
                                Command.of(
                                                what("TPM2_NV_ReadPublic", index),
                                                TPM_CC.NV_ReadPublic,
                                                new TPM2_NV_ReadPublic_REQUEST(new TPM_HANDLE(0)))
                                        .on(Ref.unnamed(index)))
                        .reader();
        TpmReader area = in.part("TPMS_NV_PUBLIC", in.u16());
        byte[] name = in.sized(MAX_NAME);
        in.end();
        int handle = area.i32();
        area.u16();
        int attributes = area.i32();
        area.sized(MAX_DIGEST);
        int size = area.u16();
        area.end();
        if (handle != index) {
            throw area.bad("another NV index than asked for");
        }
        return new Index(new Ref(index, name), attributes, size);
    }

    private static String what(String command, int index) {
        return String.format("%s of NV index 0x%08x", command, index);
    }
}
