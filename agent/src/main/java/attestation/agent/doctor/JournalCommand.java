// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.Reading;

import java.util.ArrayList;
import java.util.List;

/** The journal of this boot, by {@code journalctl}. */
final class JournalCommand implements Journal {
    @Override
    public Reading kernel() {
        return run("_TRANSPORT=kernel", "+", "_TRANSPORT=audit");
    }

    @Override
    public Reading manager() {
        return run("_PID=1", "--grep=IMA");
    }

    /** Exit code 1 is also "no match"; nothing at all means that this user sees no journal. */
    private static Reading run(String... matches) {
        List<String> command =
                new ArrayList<>(List.of("journalctl", "-b", "-q", "--no-pager", "-o", "cat"));
        command.addAll(List.of(matches));
        return CommandOutput.of(command, "no message visible to this user");
    }
}
