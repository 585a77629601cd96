// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import attestation.agent.keylime.wire.JsonException;
import attestation.agent.status.HistoryEntry;
import attestation.agent.status.HistoryJson;

import com.code_intelligence.jazzer.junit.FuzzTest;

import java.io.IOException;
import java.util.Arrays;

/** Files of the state directory, of whatever bytes: read as what they say, or named as damaged. */
class StateFuzzTest {
    /** The input's first byte chooses. */
    @FuzzTest(maxDuration = "60s")
    void stateFiles(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] content = Arrays.copyOfRange(input, 1, input.length);
        try {
            switch ((input[0] & 0xff) % 3) {
                case 0 -> agentData(content);
                case 1 -> pem(content);
                default -> history(content);
            }
        } catch (IdentityException | IOException e) {
            require(!String.valueOf(e.getMessage()).isEmpty(), "no reason");
        }
    }

    private static void agentData(byte[] content) throws IOException {
        try {
            AgentData data = AgentData.parse(content);
            byte[] written = data.encode();
            require(Arrays.equals(written, AgentData.parse(written).encode()), "lost on the way");
        } catch (JsonException e) {
            require(String.valueOf(e.getMessage()).length() > 5, "no reason");
        }
    }

    private static void pem(byte[] content) throws IdentityException {
        for (Pem block : Pem.readAll(content)) {
            require(block.der().length <= content.length, "more than the text holds");
        }
    }

    private static void history(byte[] content) throws IOException {
        for (HistoryEntry entry : HistoryJson.read(content)) {
            require(entry.text().chars().allMatch(c -> c >= ' ' && c < 0x7f), "not printable");
        }
    }

    private static void require(boolean so, String otherwise) {
        if (!so) {
            throw new AssertionError(otherwise);
        }
    }
}
