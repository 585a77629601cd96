# SPDX-License-Identifier: Apache-2.0
"""A machine with a real kernel, IMA, a TPM and systemd, and the steps that are tried on it."""
