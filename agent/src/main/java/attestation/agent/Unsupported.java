// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.config.AgentConfig;
import attestation.config.ConfigException;
import attestation.config.Origin;
import attestation.config.Problem;

import java.util.ArrayList;
import java.util.List;

/**
 * Settings that can be written but that this agent does not do. To pass over them would leave a
 * host less protected than its owner believes.
 */
final class Unsupported {
    private Unsupported() {}

    static void refuse(AgentConfig config) throws ConfigException {
        List<Problem> problems = new ArrayList<>();
        if (config.tpm().sealState()) {
            problems.add(
                    problem(
                            "tpm.seal_state: true (expected: false; state is not sealed by this agent)"));
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    private static Problem problem(String text) {
        return new Problem(new Origin.Standard("configuration"), text);
    }
}
