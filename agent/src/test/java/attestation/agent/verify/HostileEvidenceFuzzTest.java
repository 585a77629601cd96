// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import com.code_intelligence.jazzer.junit.FuzzTest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Evidence, and the verifier's own state, of whatever bytes: decoded as a whole, or refuted. */
class HostileEvidenceFuzzTest {
    private interface Decoder {
        Object decode(byte[] input) throws RefutedException;
    }

    /** The input's first byte chooses. */
    private static final Decoder[] DECODERS = {
        Attest::parse,
        TpmSignature::parse,
        HostileEvidenceFuzzTest::key,
        HostileEvidenceFuzzTest::pcrs,
        input -> QuoteString.parse(text(input)),
        HostileEvidenceFuzzTest::claims,
        HostileEvidenceFuzzTest::state,
        HostileEvidenceFuzzTest::request
    };

    @FuzzTest(maxDuration = "60s")
    void decoders(byte[] input) {
        if (input.length == 0) {
            return;
        }
        Decoder decoder = DECODERS[(input[0] & 0xff) % DECODERS.length];
        try {
            decoder.decode(Arrays.copyOfRange(input, 1, input.length));
        } catch (RefutedException e) {
            String why = String.valueOf(e.getMessage());
            require(why.length() >= 10, "no reason");
            require(why.chars().noneMatch(Character::isISOControl), "not escaped: " + why);
        }
    }

    private static Object key(byte[] input) throws RefutedException {
        TpmtPublic key = TpmtPublic.parse(input);
        byte[] sized = key.sized();
        boolean whole = Arrays.equals(input, sized);
        require(whole || Arrays.equals(input, key.bytes()), "not the bytes that came");
        return key;
    }

    private static Object pcrs(byte[] input) throws RefutedException {
        PcrBlob pcrs = PcrBlob.parse(input);
        require(pcrs.values().size() == pcrs.selection().count(), "values of other PCRs");
        return pcrs;
    }

    private static Object claims(byte[] input) throws RefutedException {
        Claims claims = Claims.parse(input);
        require(Arrays.equals(input, claims.bytes()), "another spelling of the same");
        return claims;
    }

    private static Object state(byte[] input) throws RefutedException {
        ProvenState state = ProvenState.parse(input);
        require(Arrays.equals(state.bytes(), ProvenState.parse(state.bytes()).bytes()), "lost");
        return state;
    }

    private static Object request(byte[] input) throws RefutedException {
        String query = text(input);
        QuoteRequest request = QuoteRequest.parse(query);
        require(QuoteRequest.parse(request.query()).equals(request), "another request");
        return request;
    }

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.ISO_8859_1);
    }

    private static void require(boolean so, String otherwise) {
        if (!so) {
            throw new AssertionError(otherwise);
        }
    }
}
