// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.Keys;
import attestation.config.key.TpmKeys;
import attestation.config.toml.Shown;

import java.util.Map;
import java.util.TreeMap;

/** What lies over the files, whatever their format: environment, command line, and checks. */
public final class Overlays {
    private static final String PREFIX = "ATTESTATION_AGENT_";

    /** The launcher's own variables have the same prefix. */
    private static final String LAUNCHER_PREFIX = PREFIX + "JAVA";

    private static final String TCTI = "TCTI";

    private Overlays() {}

    /**
     * Sets what environment and command line say, then looks at the files that are named.
     *
     * @param overrides from the command line: {@code section.key} to value
     */
    public static void apply(
            Assignments assignments,
            Map<String, String> overrides,
            Surroundings surroundings,
            FileCheck check) {
        environment(assignments, surroundings);
        overrides.forEach((name, value) -> override(assignments, name, value));
        tcti(assignments, surroundings);
        OpenSecrets.warn(assignments);
        check.apply(assignments);
    }

    private static void environment(Assignments assignments, Surroundings surroundings) {
        new TreeMap<>(surroundings.environment())
                .forEach(
                        (name, value) -> {
                            if (name.startsWith(PREFIX) && !name.startsWith(LAUNCHER_PREFIX)) {
                                variable(assignments, name, value);
                            }
                        });
    }

    private static void variable(Assignments assignments, String variable, String value) {
        Origin origin = new Origin.Environment(Shown.name(variable));
        Keys.findByEnvironment(variable)
                .ifPresentOrElse(
                        key -> assignments.setText(key, value, origin, key.name()),
                        () -> assignments.problem(origin, UnknownName.variable(variable)));
    }

    private static void override(Assignments assignments, String name, String value) {
        Origin origin = new Origin.CommandLine(Shown.name(name));
        Keys.find(name)
                .ifPresentOrElse(
                        key -> assignments.setText(key, value, origin, name),
                        () -> assignments.problem(origin, UnknownName.key(name)));
    }

    /** The variable of the TPM2 software stack counts where no key says otherwise. */
    private static void tcti(Assignments assignments, Surroundings surroundings) {
        if (assignments.value(TpmKeys.TCTI).isEmpty() && !assignments.isBroken(TpmKeys.TCTI)) {
            Origin origin = new Origin.Environment(TCTI);
            surroundings
                    .variable(TCTI)
                    .ifPresent(tcti -> assignments.setText(TpmKeys.TCTI, tcti, origin, TCTI));
        }
    }
}
