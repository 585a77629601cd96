// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

/** What is accepted of a list before anything is allocated; all in bytes unless said. */
public final class Limits {
    /**
     * Highest PCR index in a list: the kernel takes {@code pcr=} rules up to the bits of an {@code
     * unsigned long} ({@code INVALID_PCR}), whether or not the TPM has that PCR.
     */
    public static final int MAX_PCR = 63;

    /** Highest PCR index of a TPM for PC clients; entries of others are extended nowhere. */
    public static final int MAX_TPM_PCR = 23;

    /** Template name or custom format string. */
    public static final int MAX_TEMPLATE_NAME = 256;

    /** Fields in one template, the kernel's own limit. */
    public static final int MAX_FIELDS = 15;

    /** Template data: twice what the largest extended attributes and certificates add up to. */
    public static final int MAX_TEMPLATE_DATA = 2 << 20;

    /** One entry as text: every byte of data as two hex digits, and the head of the line. */
    public static final int MAX_ASCII_ENTRY = 2 * MAX_TEMPLATE_DATA + 1024;

    /** Lines one entry may span: a path has at most 4096 bytes, and each may be a newline. */
    public static final int MAX_ENTRY_LINES = 4096 * 2;

    /** Longest template hash: SHA-512. */
    static final int MAX_HASH = 64;

    /** Name of template {@code ima}, without its NUL. */
    public static final int MAX_LEGACY_NAME = 255;

    private Limits() {}
}
