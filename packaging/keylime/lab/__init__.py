# SPDX-License-Identifier: Apache-2.0
"""A laboratory: Keylime's unmodified servers, hosts with a software TPM and a measurement list, and an agent on each."""
