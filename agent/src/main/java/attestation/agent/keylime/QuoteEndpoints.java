// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import attestation.agent.evidence.Evidence;
import attestation.agent.evidence.EvidenceException;
import attestation.agent.evidence.EvidenceRequest;
import attestation.agent.evidence.EvidenceSource;
import attestation.agent.https.Answer;
import attestation.agent.https.Exchange;
import attestation.agent.keylime.registration.Polls;
import attestation.agent.keylime.wire.ApiVersion;
import attestation.agent.keylime.wire.QuoteString;
import attestation.agent.keylime.wire.Shown;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code /quotes/identity} and {@code /quotes/integrity}. */
final class QuoteEndpoints {
    private static final String NOT_ALPHANUMERIC = "Parameters should be strictly alphanumeric: ";

    private final KeylimeSettings settings;
    private final EvidenceSource source;
    private final Polls polls;
    private final String publicKey;
    private final QuoteAnswer answers;

    QuoteEndpoints(KeylimeSettings settings, KeylimeParts parts) {
        this.settings = settings;
        this.source = parts.evidence();
        this.polls = parts.polls();
        this.publicKey = parts.payloadKey().publicPem();
        this.answers = new QuoteAnswer(settings.bootTime());
    }

    /** PCR 16 alone, which binds the payload key. */
    Answer identity(Exchange exchange, ApiVersion version) throws Refusal, InterruptedException {
        String nonce = Parameters.required(exchange, "nonce");
        Parameters.requireAlphanumeric(nonce, NOT_ALPHANUMERIC);
        byte[] bytes =
                Parameters.nonce(nonce, "Nonce is too long (max size 64): " + Shown.text(nonce));
        Evidence evidence = collect(new EvidenceRequest(bytes, 0, 0, exchange.deadline()));
        Map<String, Object> members = members(evidence, version);
        members.put("pubkey", publicKey);
        return Answers.success(members);
    }

    /** The asked PCRs with the logs that explain them. */
    Answer integrity(Exchange exchange, ApiVersion version) throws Refusal, InterruptedException {
        String nonce = Parameters.required(exchange, "nonce");
        String mask = Parameters.required(exchange, "mask");
        String partial = Parameters.required(exchange, "partial");
        long entry = Parameters.firstEntry(Parameters.optional(exchange, "ima_ml_entry"));
        Parameters.requireAlphanumeric(nonce, "nonce should be strictly alphanumeric: ");
        Parameters.requireAlphanumeric(mask, "mask should be strictly alphanumeric: ");
        int bits = Parameters.maskBits(mask);
        byte[] bytes =
                Parameters.nonce(nonce, "Nonce is too long (max size: 64): " + nonce.length());
        boolean wantsKey = Parameters.wantsPublicKey(partial);
        var request =
                new EvidenceRequest(bytes, Parameters.pcrMask(bits), entry, exchange.deadline());
        Evidence evidence = collect(request);
        Map<String, Object> members = members(evidence, version);
        if (wantsKey) {
            members.put("pubkey", publicKey);
        }
        Answer answer = answers.integrity(evidence, members, exchange);
        polls.polled(exchange.peer(), exchange.deadline().elapsed(), length(answer));
        return answer;
    }

    private static long length(Answer answer) {
        return switch (answer) {
            case Answer.Whole whole -> whole.body().length;
            case Answer.Streamed streamed -> streamed.length();
        };
    }

    private Evidence collect(EvidenceRequest request) throws Refusal, InterruptedException {
        try {
            return source.collect(request);
        } catch (EvidenceException e) {
            throw switch (e.kind()) {
                case BAD_REQUEST -> Refusal.badRequest(String.valueOf(e.getMessage()));
                case UNAVAILABLE ->
                        Refusal.unavailable("Unable to retrieve quote: " + e.getMessage(), e);
            };
        }
    }

    private Map<String, Object> members(Evidence evidence, ApiVersion version) {
        var members = new LinkedHashMap<String, Object>();
        members.put("quote", QuoteString.of(evidence));
        members.put("hash_alg", QuoteString.hashAlg(evidence));
        members.put("enc_alg", settings.encryption().name(version));
        members.put("sign_alg", settings.signAlg());
        return members;
    }
}
