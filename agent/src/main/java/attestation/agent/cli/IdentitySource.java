// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Knows who this host is. */
public interface IdentitySource {
    /** The identity as it is kept on this host. */
    Identity identity(Optional<Path> config) throws CliException;

    /** The EK certificates, which are not kept but lie in the TPM. */
    EkCertificates ekCertificates(Optional<Path> config) throws InterruptedException;

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
     */
    record Identity(Optional<String> agentId, byte[] ak) {}

    /**
     * What the TPM has of them.
     *
     * @param pem the EK's own first, then its chain
     * @param note why there are none; empty when there are
     */
    record EkCertificates(List<String> pem, String note) {}
}
