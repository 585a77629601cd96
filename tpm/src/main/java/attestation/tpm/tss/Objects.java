// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.Auth;
import attestation.tpm.TpmException;
import attestation.tpm.TpmException.CommandFailed;
import attestation.tpm.TpmRc;
import attestation.tpm.wire.PublicArea;
import attestation.tpm.wire.TpmReader;

import tss.TpmBuffer;
import tss.tpm.TPM2B_PRIVATE;
import tss.tpm.TPM2_CreatePrimary_REQUEST;
import tss.tpm.TPM2_Create_REQUEST;
import tss.tpm.TPM2_Load_REQUEST;
import tss.tpm.TPM2_ReadPublic_REQUEST;
import tss.tpm.TPMS_PCR_SELECTION;
import tss.tpm.TPMS_SENSITIVE_CREATE;
import tss.tpm.TPMT_PUBLIC;
import tss.tpm.TPM_CC;
import tss.tpm.TPM_HANDLE;

import java.util.Arrays;
import java.util.Optional;

/** Makes, loads and reads objects; every answer's Name is held against its public area. */
final class Objects {
    private static final int MAX_PRIVATE = 2048;
    private static final int MAX_CREATION_DATA = 1024;
    private static final int MAX_DIGEST = 64;
    private static final int MAX_NAME = 66;
    static final TPMS_PCR_SELECTION[] NO_PCR = {};

    private final Engine engine;
    private final Sessions sessions;
    private final Leftovers leftovers;

    Objects(Engine engine, Sessions sessions, Leftovers leftovers) {
        this.engine = engine;
        this.sessions = sessions;
        this.leftovers = leftovers;
    }

    /** A loaded object and its public area. */
    record Loaded(Lease lease, PublicArea area, byte[] qualifiedName) implements AutoCloseable {
        Ref ref() {
            return lease.ref();
        }

        @Override
        public void close() throws TpmException {
            lease.close();
        }
    }

    /** What TPM2_Create gives. */
    record Created(byte[] privateContents, PublicArea area) {}

    /** Makes a primary object in a hierarchy. */
    Loaded primary(String label, Ref hierarchy, Optional<Auth> auth, TPMT_PUBLIC template)
            throws TpmException {
        try {
            return primaryOnce(label, hierarchy, auth, template);
        } catch (CommandFailed e) {
            int code = e.rc().base();
            boolean full = code == TpmRc.OBJECT_MEMORY || code == TpmRc.OBJECT_HANDLES;
            if (!full || !leftovers.flushPrimaries(PublicArea.parse(template.toBytes()))) {
                throw e;
            }
            return primaryOnce(label, hierarchy, auth, template);
        }
    }

    private Loaded primaryOnce(
            String label, Ref hierarchy, Optional<Auth> auth, TPMT_PUBLIC template)
            throws TpmException {
        Response response;
        try (Sessions.Held held = sessions.authorization(auth)) {
            response =
                    engine.run(
                            Command.of(
                                            "TPM2_CreatePrimary of " + label,
                                            TPM_CC.CreatePrimary,
                                            new TPM2_CreatePrimary_REQUEST(
                                                    new TPM_HANDLE(0),
                                                    new TPMS_SENSITIVE_CREATE(),
                                                    template,
                                                    new byte[0],
                                                    NO_PCR))
                                    .on(hierarchy)
                                    .with(held.authorization()));
        }
        return loadedPrimary(hierarchy, response);
    }

    private Loaded loadedPrimary(Ref hierarchy, Response response) throws TpmException {
        boolean taken = false;
        try {
            TpmReader in = response.reader();
            PublicArea area = PublicArea.parseSized(in);
            creation(in);
            byte[] name = name(in, area);
            in.end();
            byte[] qualified = Names.qualified(area.nameHash(), hierarchy.name(), name);
            Lease lease = Lease.owned(engine, new Ref(response.handle(), name));
            leftovers.flushOthers(lease.ref());
            taken = true;
            return new Loaded(lease, area, qualified);
        } finally {
            if (!taken) {
                Lease.flush(engine, response.handle());
            }
        }
    }

    /** Makes an object under a loaded parent. */
    Created create(
            String label,
            Ref parent,
            TPMT_PUBLIC template,
            TPMS_SENSITIVE_CREATE sensitive,
            Authorization... auths)
            throws TpmException {
        Response response =
                engine.run(
                        Command.of(
                                        "TPM2_Create of " + label,
                                        TPM_CC.Create,
                                        new TPM2_Create_REQUEST(
                                                new TPM_HANDLE(0),
                                                sensitive,
                                                template,
                                                new byte[0],
                                                NO_PCR))
                                .on(parent)
                                .with(auths));
        TpmReader in = response.reader();
        byte[] secret = in.sized(MAX_PRIVATE);
        PublicArea area = PublicArea.parseSized(in);
        creation(in);
        in.end();
        return new Created(secret, area);
    }

    /** Loads an object under its loaded parent. */
    Loaded load(
            String label,
            Ref parent,
            byte[] parentQualifiedName,
            byte[] privateContents,
            PublicArea area,
            Authorization... auths)
            throws TpmException {
        leftovers.flushOthers(new Ref(0, area.name()));
        Response response =
                engine.run(
                        Command.of(
                                        "TPM2_Load of " + label,
                                        TPM_CC.Load,
                                        new TPM2_Load_REQUEST(
                                                new TPM_HANDLE(0),
                                                new TPM2B_PRIVATE(privateContents),
                                                new RawPublic(area.bytes())))
                                .on(parent)
                                .with(auths));
        boolean taken = false;
        try {
            TpmReader in = response.reader();
            byte[] name = name(in, area);
            in.end();
            byte[] qualified = Names.qualified(area.nameHash(), parentQualifiedName, name);
            taken = true;
            Lease lease = Lease.owned(engine, new Ref(response.handle(), name));
            return new Loaded(lease, area, qualified);
        } finally {
            if (!taken) {
                Lease.flush(engine, response.handle());
            }
        }
    }

    /** A persistent object as the TPM describes it. */
    Loaded persistent(String label, int handle) throws TpmException {
        Public found = readPublic(engine, label, handle);
        Lease lease = Lease.borrowed(engine, new Ref(handle, found.area().name()));
        return new Loaded(lease, found.area(), found.qualifiedName());
    }

    /** What TPM2_ReadPublic gives. */
    record Public(PublicArea area, byte[] qualifiedName) {}

    static Public readPublic(Engine engine, String label, int handle) throws TpmException {
        Response response =
                engine.run(
                        Command.of(
                                        "TPM2_ReadPublic of " + label,
                                        TPM_CC.ReadPublic,
                                        new TPM2_ReadPublic_REQUEST(new TPM_HANDLE(0)))
                                .on(Ref.unnamed(handle)));
        TpmReader in = response.reader();
        PublicArea area = PublicArea.parseSized(in);
        name(in, area);
        byte[] qualified = in.sized(MAX_NAME);
        in.end();
        return new Public(area, qualified);
    }

    private static byte[] name(TpmReader in, PublicArea area) throws TpmException {
        byte[] name = in.sized(MAX_NAME);
        if (!Arrays.equals(name, area.name())) {
            throw in.bad("the Name is not that of the public area");
        }
        return name;
    }

    /** creationData, creationHash, creationTicket: not used here. */
    private static void creation(TpmReader in) throws TpmException {
        in.sized(MAX_CREATION_DATA);
        in.sized(MAX_DIGEST);
        in.u16();
        in.i32();
        in.sized(MAX_DIGEST);
    }

    /** A public area that goes to the TPM byte for byte as it was kept. */
    private static final class RawPublic extends TPMT_PUBLIC {
        private final byte[] raw;

        RawPublic(byte[] raw) {
            this.raw = raw;
        }

        @Override
        public void toTpm(TpmBuffer buffer) {
            buffer.writeByteBuf(raw);
        }
    }
}
