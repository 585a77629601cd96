// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

final class AnswerReaderTest {
    private static final String NAMES =
            "\"quote\":\"r\",\"hash_alg\":\"sha256\",\"enc_alg\":\"rsa\",\"sign_alg\":\"rsassa\"";
    private final ByteArrayOutputStream list = new ByteArrayOutputStream();

    private AgentAnswer read(String json) throws Exception {
        InputStream body = new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
        return new AnswerReader(1000).integrity(body, list);
    }

    private static String answer(String more) {
        return "{\"code\":200,\"status\":\"Success\",\"results\":{" + NAMES + more + "}}";
    }

    @Test
    void integrity_listWithEscapes_isUnescapedIntoTheSink() throws Exception {
        AgentAnswer answer =
                read(
                        answer(
                                ",\"ima_measurement_list\":\"a\\n\\\"\\\\\\/\\u0041\\u00e9\\ud83d"
                                        + "\\ude00ü\\t\",\"ima_measurement_list_entry\":3"));
        assertEquals("a\n\"\\/Aé😀ü\t", list.toString(StandardCharsets.UTF_8));
        assertTrue(answer.hasList());
        assertEquals(3, answer.listEntry().orElseThrow());
    }

    @Test
    void integrity_emptyList_isThere() throws Exception {
        assertTrue(read(answer(",\"ima_measurement_list\" : \"\"")).hasList());
        assertEquals(0, list.size());
    }

    @Test
    void integrity_unknownMembers_arePassedOver() throws Exception {
        AgentAnswer answer = read(answer(",\"new\":{\"a\":[1,{\"b\":null}]},\"boottime\":17"));
        assertEquals(17, answer.bootTime().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"quote\":\"other\"",
                ",\"ima_measurement_list\":\"a\",\"ima_measurement_list\":\"b\"",
                ",\"ima_measurement_list\":\"a\",\"\\u0069ma_measurement_list\":\"b\"",
                ",\"\\u0069ma_measurement_list\":\"b\"",
                ",\"ima_measurement_list\":7",
                ",\"ima_measurement_list\":\"\\x\"",
                ",\"ima_measurement_list\":\"\\ud83d\"",
                ",\"ima_measurement_list\":\"\\udc00\"",
                ",\"ima_measurement_list\":\"\\u12\"",
                ",\"ima_measurement_list\":\"a\nb\"",
                ",\"ima_measurement_list_entry\":\"3\"",
                ",\"ima_measurement_list_entry\":-1",
                ",\"boottime\":1.5",
                ",\"x\":{\"ima_measurement_list\":\"a\"},\"boottime\":99999999999999999999",
                ",\"pubkey\":1",
                "}",
                ","
            })
    void integrity_notAsItMustBe_isRefused(String more) {
        assertThrows(RefutedException.class, () -> read(answer(more)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "7",
                "{\"results\":null}",
                "{\"results\":{}}",
                "{\"results\":{\"quote\":\"r\"}} x",
                "{\"a\":{\"ima_measurement_list\":\"a\"}"
            })
    void integrity_noAnswerAtAll_isRefused(String json) {
        assertThrows(RefutedException.class, () -> read(json));
    }

    @Test
    void integrity_somethingBehind_isRefused() {
        RefutedException e = assertThrows(RefutedException.class, () -> read(answer("") + "{}"));
        assertTrue(String.valueOf(e.getMessage()).contains("follows"), e.getMessage());
    }

    @Test
    void integrity_listLongerThanAllowed_isRefusedInTime() {
        RefutedException e =
                assertThrows(
                        RefutedException.class,
                        () ->
                                read(
                                        answer(
                                                ",\"ima_measurement_list\":\""
                                                        + "x".repeat(1001)
                                                        + "\"")));
        assertTrue(String.valueOf(e.getMessage()).contains("1000 bytes"), e.getMessage());
    }

    @Test
    void integrity_manyMembers_isRefusedInTime() {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            many.append(",\"m").append(i).append("\":0");
        }
        assertThrows(RefutedException.class, () -> read(answer(many.toString())));
    }

    @Test
    void integrity_deepNesting_isRefused() {
        assertThrows(
                RefutedException.class,
                () -> read(answer(",\"x\":" + "[".repeat(1000) + "]".repeat(1000))));
    }

    /** A list that as a string would not fit into the heap of the tests takes no memory. */
    @Test
    void integrity_hugeList_goesByWithoutBeingHeld() throws Exception {
        long size = 300L << 20;
        String[] around = answer(",\"ima_measurement_list\":\"@\"").split("@");
        InputStream body = new Repeated(around[0], size, around[1]);
        long[] counted = new long[1];
        OutputStream counter =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        counted[0]++;
                    }
                };
        assertTrue(new AnswerReader(size).integrity(body, counter).hasList());
        assertEquals(size, counted[0]);
    }

    @Test
    void versions_list_isRead() throws Exception {
        String json =
                "{\"code\":200,\"status\":\"Success\",\"results\":{\"supported_version\":\"2.2\","
                        + "\"supported_versions\":[\"2.1\",\"2.2\"]}}";
        InputStream body = new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of("2.1", "2.2"), new AnswerReader(0).versions(body));
    }

    /** Some text, very many letters, some text. */
    private static final class Repeated extends InputStream {
        private final byte[] head;
        private final byte[] tail;
        private final long middle;
        private long at;

        Repeated(String head, long middle, String tail) {
            this.head = head.getBytes(StandardCharsets.US_ASCII);
            this.middle = middle;
            this.tail = tail.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public int read() {
            long i = at++;
            if (i < head.length) {
                return head[(int) i];
            }
            if (i < head.length + middle) {
                return 'x';
            }
            long rest = i - head.length - middle;
            return rest < tail.length ? tail[(int) rest] : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int count = 0;
            for (int c = read(); c >= 0; c = count < length ? read() : -1) {
                target[offset + count++] = (byte) c;
                if (count == length) {
                    return count;
                }
            }
            return count == 0 ? -1 : count;
        }
    }
}
