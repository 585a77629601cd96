// SPDX-License-Identifier: Apache-2.0
package attestation.agent.migrate;

import java.nio.file.Path;

/**
 * What a migration takes for given.
 *
 * @param user as whom our agent runs
 * @param root where {@code etc} is found
 * @param ownFile our configuration
 */
record Settings(
        String keylimeUnit,
        String ownUnit,
        String user,
        Path root,
        Path ownFile,
        Path stateDirectory) {
    private static final String SNIPPET = "50-keylime.toml";

    /** Our configuration as far as it comes from Keylime's; the main file stays untouched. */
    Path snippet() {
        return ownFile.resolveSibling(ownFile.getFileName() + ".d").resolve(SNIPPET);
    }

    /** Where our agent keeps the payload key when it is sealed to the TPM. */
    Path sealedPayloadKey() {
        return stateDirectory.resolve("sealed").resolve("payload-key");
    }

    Path ledger() {
        return stateDirectory.resolve(Ledger.NAME);
    }
}
