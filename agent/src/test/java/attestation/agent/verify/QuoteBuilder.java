// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Makes quotes as a TPM would, by hand, so that any part of one can be wrong. */
final class QuoteBuilder {
    private static final Map<String, Integer> HASH_IDS =
            Map.of("SHA-1", 4, "SHA-256", 11, "SHA-384", 12, "SHA-512", 13);
    private static final Map<String, Integer> SCHEME_IDS =
            Map.of("rsassa", 0x14, "rsapss", 0x16, "ecdsa", 0x18);

    final KeyPair ak;
    final String scheme;
    String hash = "SHA-256";
    String bank = "SHA-256";
    String nonce = RecordedQuote.NONCE;
    int magic = 0xff544347;
    int type = 0x8018;
    int selected = 1 << 10 | 1 << 16;
    long clock = 1000;
    int resetCount = 3;
    int restartCount;
    int salt = -1;
    final Map<Integer, byte[]> values = new TreeMap<>();

    QuoteBuilder(KeyPair ak, String scheme) {
        this.ak = ak;
        this.scheme = scheme;
    }

    static KeyPair rsa() {
        return pair("RSA", null);
    }

    static KeyPair ec(String curve) {
        return pair("EC", curve);
    }

    private static KeyPair pair(String algorithm, @org.jspecify.annotations.Nullable String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (curve == null) {
                generator.initialize(2048);
            } else {
                generator.initialize(new ECGenParameterSpec(curve));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    QuoteBuilder pcr(int pcr, byte[] value) {
        values.put(pcr, value);
        return this;
    }

    byte[] attest() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(magic);
        out.writeShort(type);
        sized(out, new byte[34]);
        sized(out, nonce.getBytes(StandardCharsets.US_ASCII));
        out.writeLong(clock);
        out.writeInt(resetCount);
        out.writeInt(restartCount);
        out.writeByte(1);
        out.writeLong(0x2019102300163636L);
        out.writeInt(1);
        out.writeShort(id(bank));
        out.writeByte(3);
        out.write(new byte[] {(byte) selected, (byte) (selected >> 8), (byte) (selected >> 16)});
        MessageDigest digest = MessageDigest.getInstance(hash);
        values.values().forEach(digest::update);
        sized(out, digest.digest());
        return bytes.toByteArray();
    }

    byte[] signature(byte[] attest) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(java.util.Objects.requireNonNull(SCHEME_IDS.get(scheme)));
        out.writeShort(id(hash));
        byte[] made = sign(attest);
        if (scheme.equals("ecdsa")) {
            int half = made.length / 2;
            sized(out, Arrays.copyOf(made, half));
            sized(out, minimal(Arrays.copyOfRange(made, half, made.length)));
        } else {
            sized(out, made);
        }
        return bytes.toByteArray();
    }

    private static byte[] minimal(byte[] unsigned) {
        byte[] signed = new BigInteger(1, unsigned).toByteArray();
        return signed[0] == 0 ? Arrays.copyOfRange(signed, 1, signed.length) : signed;
    }

    private byte[] sign(byte[] attest) throws Exception {
        String name = hash.replace("-", "");
        Signature signer =
                Signature.getInstance(
                        switch (scheme) {
                            case "rsassa" -> name + "withRSA";
                            case "rsapss" -> "RSASSA-PSS";
                            default -> name + "withECDSAinP1363Format";
                        });
        if (scheme.equals("rsapss")) {
            int bytes = MessageDigest.getInstance(hash).getDigestLength();
            int length = salt >= 0 ? salt : 256 - bytes - 2;
            signer.setParameter(
                    new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), length, 1));
        }
        signer.initSign(ak.getPrivate());
        signer.update(attest);
        return signer.sign();
    }

    byte[] blob() {
        int lists = (values.size() + 7) / 8;
        ByteBuffer out = ByteBuffer.allocate(136 + 532 * lists).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(1).putShort((short) id(bank)).put((byte) 3).putInt(selected);
        out.putInt(132, lists);
        int number = 0;
        for (byte[] value : values.values()) {
            int list = 136 + 532 * (number / 8);
            out.putInt(list, number % 8 + 1);
            int slot = list + 4 + 66 * (number % 8);
            out.putShort(slot, (short) value.length);
            out.put(slot + 2, value);
            number++;
        }
        return out.array();
    }

    private static int id(String hash) {
        return java.util.Objects.requireNonNull(HASH_IDS.get(hash));
    }

    private static void sized(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeShort(bytes.length);
        out.write(bytes);
    }
}
