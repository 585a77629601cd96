// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an agent answers to a request for an integrity quote; the list itself lies in a file.
 *
 * @param quote the quote string, undecoded
 * @param hashAlg as the agent names it
 * @param encAlg as the agent names it
 * @param signAlg as the agent names it
 * @param pubkey PEM of the payload key
 * @param hasList whether a list came
 * @param listEntry index of the list's first line
 * @param bootLog the firmware log in base64
 * @param bootTime seconds since the epoch, as the agent says
 */
record AgentAnswer(
        String quote,
        String hashAlg,
        String encAlg,
        String signAlg,
        Optional<String> pubkey,
        boolean hasList,
        OptionalLong listEntry,
        Optional<String> bootLog,
        OptionalLong bootTime) {}
