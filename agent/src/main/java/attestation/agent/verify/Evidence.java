// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Everything that one answer consists of, undecoded, and what was asked.
 *
 * @param request what was asked
 * @param claims what the agent says beside
 * @param attest TPMS_ATTEST
 * @param signature TPMT_SIGNATURE
 * @param pcrBlob PCR values
 * @param pubkey PEM of the payload key, exactly as it came
 * @param list file with the lines that came
 * @param bootLog firmware log
 */
record Evidence(
        QuoteRequest request,
        Claims claims,
        byte[] attest,
        byte[] signature,
        byte[] pcrBlob,
        Optional<byte[]> pubkey,
        Optional<Path> list,
        Optional<byte[]> bootLog) {

    static Evidence of(QuoteRequest request, AgentAnswer answer, Path listFile)
            throws RefutedException {
        QuoteString quote = QuoteString.parse(answer.quote());
        Optional<byte[]> bootLog =
                answer.bootLog().isPresent()
                        ? Optional.of(
                                Canonical.base64("mb_measurement_list", answer.bootLog().get()))
                        : Optional.empty();
        return new Evidence(
                request,
                Claims.of(answer),
                quote.attest(),
                quote.signature(),
                quote.pcrBlob(),
                answer.pubkey().map(text -> text.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                answer.hasList() ? Optional.of(listFile) : Optional.empty(),
                bootLog);
    }
}
