// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import attestation.agent.https.Answer;
import attestation.agent.keylime.wire.BytesSlice;
import attestation.agent.keylime.wire.WorkedExample;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

class QuoteAnswerTest {
    private static final String LINE =
            "10 3b40dc33b288a454824ce87d036b3773dc44f041 ima-ng sha256:2d71 /usr/bin/ü\"quoted\"\n";

    @Test
    void integrity_shortList_whole() throws Exception {
        Answer answer = answer(Long.MAX_VALUE, LINE.repeat(10), "");

        assertInstanceOf(Answer.Whole.class, answer);
        assertEquals(LINE.repeat(10), list(Requests.body(answer)));
    }

    @Test
    void integrity_longList_streamedWithExactLength() throws Exception {
        Answer answer = answer(Long.MAX_VALUE, LINE.repeat(5_000), "gzip");

        var streamed = assertInstanceOf(Answer.Streamed.class, answer);
        byte[] body = Requests.body(answer);
        assertEquals(streamed.length(), body.length);
        assertEquals(LINE.repeat(5_000), list(body));
        assertEquals(Map.of("Content-Type", "application/json"), answer.headers());
    }

    @Test
    void integrity_hugeListAndClientTakesGzip_oneGzipMember() throws Exception {
        Answer answer = answer(100_000, LINE.repeat(5_000), "deflate, gzip;q=0.5");

        assertEquals("gzip", answer.headers().get("Content-Encoding"));
        try (var in = new GZIPInputStream(new ByteArrayInputStream(Requests.body(answer)))) {
            assertEquals(LINE.repeat(5_000), list(in.readAllBytes()));
        }
    }

    @Test
    void integrity_hugeListButNoGzipAsked_plain() throws Exception {
        Answer answer = answer(100_000, LINE.repeat(5_000), "");

        assertEquals(LINE.repeat(5_000), list(Requests.body(answer)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            emptyValue = "",
            value = {
                "gzip | true", "GZIP | true", "br, gzip | true", "gzip;q=0 | false",
                "gzip; q=0.000 | false", "gzip;q=0.1 | true", "'' | false", "identity | false",
                "x-gzip-not | false",
            })
    void acceptsGzip_header_asWeighed(String header, boolean accepted) {
        assertEquals(accepted, QuoteAnswer.acceptsGzip(header));
    }

    private static Answer answer(long gzipFrom, String list, String acceptEncoding) throws Refusal {
        var slice = BytesSlice.of(5, list);
        var exchange =
                Requests.of("GET", "/x", Map.of("accept-encoding", acceptEncoding), new byte[0]);
        return new QuoteAnswer(1, gzipFrom)
                .integrity(
                        WorkedExample.evidence(Optional.of(slice), Optional.empty()),
                        new LinkedHashMap<>(),
                        exchange);
    }

    private static String list(byte[] body) throws Exception {
        var json = new ObjectMapper().readTree(new String(body, StandardCharsets.UTF_8));
        assertEquals(5, json.at("/results/ima_measurement_list_entry").asInt());
        return json.at("/results/ima_measurement_list").asText();
    }
}
