// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

/**
 * TPMS_CLOCK_INFO (Part 2 §10.11.1).
 *
 * @param clockMillis time the TPM was powered, in ms
 * @param resetCount grows with each TPM reset (reboot, S5)
 * @param restartCount grows with each restart or resume (S3) since the last reset
 * @param safe false when clockMillis may have been reported before in an unclean shutdown
 */
public record ClockInfo(long clockMillis, int resetCount, int restartCount, boolean safe) {}
