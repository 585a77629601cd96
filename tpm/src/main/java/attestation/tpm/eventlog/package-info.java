// SPDX-License-Identifier: Apache-2.0
/**
 * The firmware's event log ({@code binary_bios_measurements}): read strictly, replayed, described.
 * The way in is {@link attestation.tpm.eventlog.EventLog#parse}.
 */
@NullMarked
package attestation.tpm.eventlog;

import org.jspecify.annotations.NullMarked;
