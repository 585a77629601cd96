// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Knows who this host is. */
public interface IdentitySource {
    /** The identity as it is kept on this host. */
    Identity identity(Optional<Path> config) throws CliException;

    /**
     * Makes this host forget its AK, so that the next start makes another.
     *
     * @return what was done and what follows, for people
     */
    String reset(Optional<Path> config) throws CliException;

    /**
     * Who a host is.
     *
     * @param agentId under which it registers; empty where it is not settled before the first start
     * @param ak TPM2B_PUBLIC of the AK
     * @param ekCertificates PEM, the EK's own first
     */
    record Identity(Optional<String> agentId, byte[] ak, List<String> ekCertificates) {}
}
