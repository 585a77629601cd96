// SPDX-License-Identifier: Apache-2.0
/**
 * State that only this TPM opens, by choice: {@link attestation.agent.sealed.SealedState} is the
 * way in. The one package that knows Tink, so that a start without sealing never loads it.
 */
@NullMarked
package attestation.agent.sealed;

import org.jspecify.annotations.NullMarked;
