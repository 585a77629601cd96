// SPDX-License-Identifier: Apache-2.0
package attestation.ima.match;

/** The PCR values of one bank after some prefix of the list. */
@FunctionalInterface
public interface PcrLookup {
    /** Value of this PCR, 0..63; valid during the call it was given to, must not be changed. */
    byte[] pcr(int index);
}
