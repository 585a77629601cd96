// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used; holds every problem, the message has one a line. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** All of them, in the order they were found; never empty. */
    public List<Problem> problems() {
        return problems;
    }
}
