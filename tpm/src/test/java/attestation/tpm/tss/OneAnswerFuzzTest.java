// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.Auth;
import attestation.tpm.DeviceKeyRequest;
import attestation.tpm.EncryptionAlgorithm;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.PcrSelection;
import attestation.tpm.Quote;
import attestation.tpm.SigningAlgorithm;
import attestation.tpm.TpmException;
import attestation.tpm.transport.TpmTransport;
import attestation.tpm.wire.PublicArea;

import com.code_intelligence.jazzer.junit.FuzzTest;

import tss.tpm.TPMT_PUBLIC;
import tss.tpm.TPMT_SYM_DEF_OBJECT;
import tss.tpm.TPM_CC;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The answer to one command is the fuzzer's, those to the commands around it are right: what a
 * caller sees is a result that was asked for, or a TpmException.
 */
class OneAnswerFuzzTest {
    private static final int INDEX = 0x01c00002;
    private static final byte[] DATA = new byte[20];
    private static final PcrSelection PCRS = PcrSelection.of(HashAlgorithm.SHA256, 10, 16);
    private static final Ref PARENT = Ref.unnamed(0x80000001);
    private static final Optional<Auth> PASSWORD = Optional.of(Auth.parse("password"));

    /** What is asked; the input's first byte chooses. */
    private enum Asked {
        QUOTE_RSA(TPM_CC.Quote) {
            @Override
            void of(Room room) throws Exception {
                room.quote(rsaKey());
            }
        },
        QUOTE_ECC(TPM_CC.Quote) {
            @Override
            void of(Room room) throws Exception {
                room.quote(eccKey());
            }
        },
        READ_PUBLIC(TPM_CC.ReadPublic) {
            @Override
            void of(Room room) throws Exception {
                Objects.readPublic(room.engine, "a key", 0x81010001);
            }
        },
        LOAD(TPM_CC.Load) {
            @Override
            void of(Room room) throws Exception {
                byte[] name = PARENT.name();
                room.objects
                        .load("a key", PARENT, name, DATA, rsaKey(), Authorization.EMPTY)
                        .close();
            }
        },
        CREATE_PRIMARY(TPM_CC.CreatePrimary) {
            @Override
            void of(Room room) throws Exception {
                TPMT_PUBLIC template = EkTemplate.L2.area();
                room.objects.primary("a key", Ref.OWNER, Optional.empty(), template).close();
            }
        },
        START_SESSION(TPM_CC.StartAuthSession) {
            @Override
            void of(Room room) throws Exception {
                room.sessions.policy(HashAlgorithm.SHA256).close();
            }
        },
        NV_AREA(TPM_CC.NV_ReadPublic) {
            @Override
            void of(Room room) throws Exception {
                room.nv.read(INDEX, 4096);
            }
        },
        NV_CONTENT(TPM_CC.NV_Read) {
            @Override
            void of(Room room) throws Exception {
                room.nv.read(INDEX, 4096);
            }
        },
        CERTIFY(TPM_CC.Certify) {
            @Override
            void of(Room room) throws Exception {
                room.certify();
            }
        };

        private final int code;

        Asked(TPM_CC code) {
            this.code = code.toInt();
        }

        abstract void of(Room room) throws Exception;
    }

    /** The parts of a connection, over a TPM of which one answer is the fuzzer's. */
    private static final class Room {
        private final Engine engine;
        private final Sessions sessions;
        private final Objects objects;
        private final Nv nv;

        Room(TpmTransport transport) {
            SecureRandom random = new SecureRandom();
            this.engine = new Engine(transport, Duration.ofSeconds(1), (_, _, _) -> {});
            Leftovers leftovers = new Leftovers(engine);
            SessionNotes notes = new SessionNotes(Optional.empty());
            this.sessions = new Sessions(engine, leftovers, notes, random);
            this.objects = new Objects(engine, sessions, leftovers);
            this.nv = new Nv(engine, sessions, PASSWORD, 1024);
        }

        void quote(PublicArea area) throws Exception {
            try {
                Quote quote = new Quoting(engine).quote(loaded(area), DATA, PCRS);
                if (!Arrays.equals(DATA, quote.info().extraData())) {
                    throw new AssertionError("a quote of another nonce");
                }
            } catch (Quoting.ForeignKey e) {
                // of another key: not ours, and said to be so
            }
        }

        void certify() throws Exception {
            var by =
                    new DeviceKeyRequest(
                            DeviceKeyRequest.Kind.IAK,
                            EncryptionAlgorithm.RSA2048,
                            OptionalInt.of(0x81020000),
                            Optional.empty());
            new DeviceKeys(
                            engine,
                            sessions,
                            objects,
                            Optional.empty(),
                            new AuthGuard(System::nanoTime))
                    .certify(by, loaded(eccKey()), DATA);
        }

        private Objects.Loaded loaded(PublicArea area) throws TpmException {
            Ref ref = new Ref(0x80000000, area.name());
            return new Objects.Loaded(Lease.borrowed(engine, ref), area, area.name());
        }
    }

    /** Answers one command with the fuzzer's bytes. */
    private record Answers(int code, byte[] answer) implements CannedTransport {
        /** An index of 32 bytes that only the owner reads: in a session, that is. */
        private static final String AREA = "01c00002" + "000b" + "00020000" + "0000" + "0020";

        private static final byte[] OK = {};

        @Override
        public byte[] body(int asked) {
            return asked == code ? answer : right(asked);
        }

        private static byte[] right(int asked) {
            if (asked == TPM_CC.GetCapability.toInt()) {
                return HexFormat.of().parseHex("00" + "00000001" + "00000000");
            }
            if (asked == TPM_CC.StartAuthSession.toInt()) {
                return HexFormat.of().parseHex("02000000" + "0020" + "00".repeat(32));
            }
            if (asked == TPM_CC.NV_ReadPublic.toInt()) {
                return sized(HexFormat.of().parseHex(AREA), DATA);
            }
            return asked == TPM_CC.ReadPublic.toInt() ? readPublic() : OK;
        }

        private static byte[] readPublic() {
            try {
                PublicArea area = rsaKey();
                return sized(area.bytes(), area.name(), area.name());
            } catch (TpmException e) {
                throw new AssertionError(e);
            }
        }

        private static byte[] sized(byte[]... parts) {
            ByteBuffer out = ByteBuffer.allocate(2048);
            for (byte[] part : parts) {
                out.putShort((short) part.length).put(part);
            }
            return Arrays.copyOf(out.array(), out.position());
        }
    }

    private static PublicArea rsaKey() throws TpmException {
        return PublicArea.parse(
                Templates.rsa(
                                HashAlgorithm.SHA256,
                                0x00050072,
                                new byte[0],
                                new TPMT_SYM_DEF_OBJECT(),
                                Templates.scheme(SigningAlgorithm.RSASSA, HashAlgorithm.SHA256),
                                2048,
                                new byte[256])
                        .toBytes());
    }

    private static PublicArea eccKey() throws TpmException {
        return PublicArea.parse(
                Templates.ecc(
                                HashAlgorithm.SHA256,
                                0x00050072,
                                new byte[0],
                                new TPMT_SYM_DEF_OBJECT(),
                                Templates.scheme(SigningAlgorithm.ECDSA, HashAlgorithm.SHA256),
                                EncryptionAlgorithm.ECC256.curveId(),
                                new byte[32])
                        .toBytes());
    }

    @FuzzTest(maxDuration = "60s")
    void oneAnswer(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        Asked asked = Asked.values()[(input[0] & 0xff) % Asked.values().length];
        byte[] body = Arrays.copyOfRange(input, 1, input.length);
        try {
            asked.of(new Room(new Answers(asked.code, body)));
        } catch (TpmException e) {
            if (String.valueOf(e.getMessage()).length() < 10) {
                throw new AssertionError("no reason", e);
            }
        }
    }
}
