// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

class BootstrapKeysTest {
    private static final String ID = "d432fbb3-d2f1-4a97-9ef7-75bd81c00000";
    private static final byte[] K = bytes(32, 1);
    private static final byte[] V = bytes(32, 2);

    private final List<byte[]> found = new ArrayList<>();
    private final List<Optional<byte[]>> payloads = new ArrayList<>();
    private final BootstrapKeys keys =
            new BootstrapKeys(
                    ID,
                    (key, payload) -> {
                        found.add(key);
                        payloads.add(payload);
                    });

    private static byte[] bytes(int length, long seed) {
        var bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] xor(byte[] a, byte[] b) {
        var result = new byte[a.length];
        for (int i = 0; i < a.length; i++) {
            result[i] = (byte) (a[i] ^ b[i]);
        }
        return result;
    }

    private static byte[] hmac(byte[] key, String text) throws Exception {
        var mac = Mac.getInstance("HmacSHA384");
        mac.init(new SecretKeySpec(key, "HmacSHA384"));
        return mac.doFinal(text.getBytes(UTF_8));
    }

    @Test
    void accept_uThenV_keyAndPayload() throws Exception {
        assertFalse(keys.acceptU(xor(K, V), hmac(K, ID), Optional.of(new byte[] {7})));
        assertTrue(keys.prove("c").isEmpty());
        assertTrue(keys.acceptV(V));

        assertArrayEquals(K, found.getFirst());
        assertArrayEquals(new byte[] {7}, payloads.getFirst().orElseThrow());
        assertArrayEquals(hmac(K, "challenge"), keys.prove("challenge").orElseThrow());
    }

    @Test
    void accept_vThenU_key() throws Exception {
        assertFalse(keys.acceptV(V));
        assertTrue(keys.acceptU(xor(K, V), hmac(K, ID), Optional.empty()));

        assertArrayEquals(K, found.getFirst());
    }

    @Test
    void accept_wrongTagOtherIdOrLength_noKey() throws Exception {
        keys.acceptU(xor(K, V), hmac(K, ID + "x"), Optional.empty());
        keys.acceptU(xor(K, V), new byte[48], Optional.empty());
        keys.acceptU(Arrays.copyOf(xor(K, V), 16), hmac(K, ID), Optional.empty());

        assertFalse(keys.acceptV(V));
        assertTrue(found.isEmpty());
    }

    @Test
    void missing_partsOneByOne_saysWhichOrThatTheyDoNotFit() throws Exception {
        assertEquals("part U has not come from the tenant", keys.missing());
        keys.acceptU(xor(K, V), hmac(K, ID + "x"), Optional.empty());
        assertEquals("part V has not come from the verifier", keys.missing());
        keys.acceptV(V);
        assertEquals(
                "the parts U and V that came do not belong together (expected: both of one"
                        + " enrolment of this agent id); add the host again",
                keys.missing());
    }

    @Test
    void accept_floodOfParts_lastOnesCountAndMemoryIsBounded() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            keys.acceptU(bytes(32, 100 + i), new byte[48], Optional.of(new byte[1_000_000]));
            keys.acceptV(bytes(32, 90_000 + i));
        }
        keys.acceptU(xor(K, V), hmac(K, ID), Optional.empty());

        assertTrue(keys.acceptV(V));
        assertEquals(1, found.size());
    }

    @Test
    void accept_newKeyLater_replacesTheOld() throws Exception {
        byte[] other = bytes(16, 9);
        keys.acceptV(V);
        keys.acceptU(xor(K, V), hmac(K, ID), Optional.empty());
        keys.acceptU(xor(other, new byte[16]), hmac(other, ID), Optional.empty());
        keys.acceptV(new byte[16]);

        assertArrayEquals(hmac(other, "c"), keys.prove("c").orElseThrow());
    }

    @Test
    void restore_earlierKey_provesUntilANewOne() throws Exception {
        keys.restore(new byte[17]);
        assertTrue(keys.prove("c").isEmpty());
        keys.restore(K);

        assertArrayEquals(hmac(K, "c"), keys.prove("c").orElseThrow());
    }
}
