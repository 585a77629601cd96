// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

/**
 * How spool and list are opened.
 *
 * @param spool the spool file of this boot
 * @param list the kernel's list
 */
record Disk(SpoolFile.Factory spool, ListOpener list) {}
