// SPDX-License-Identifier: Apache-2.0
package attestation.agent.status;

import java.nio.file.Path;
import java.time.Duration;

/** Asks the socket named by the first argument, for a test that must be another user. */
public final class AskStatus {
    private AskStatus() {}

    public static void main(String[] args) {
        try {
            byte[] answer =
                    new StatusClient(Path.of(args[0]), Duration.ofSeconds(20)).get("/status");
            System.out.println("ANSWER\n" + answer.length);
        } catch (StatusException e) {
            System.out.println(e.kind() + "\n" + e.getMessage());
        }
    }
}
