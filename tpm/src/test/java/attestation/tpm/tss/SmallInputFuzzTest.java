// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.Auth;
import attestation.tpm.HashAlgorithm;
import attestation.tpm.TpmAddress;
import attestation.tpm.TpmException;
import attestation.tpm.TpmRc;
import attestation.tpm.wire.Certificates;

import com.code_intelligence.jazzer.junit.FuzzTest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decoders too small for a target each: response codes, certificates in NV, the policy that an NV
 * index names, the note of open sessions, addresses and passwords of the configuration.
 */
class SmallInputFuzzTest {
    private static final String BOOT = "resets=00000001 restarts=00000000";

    /** The input's first byte chooses; each of the others sees the rest. */
    @FuzzTest(maxDuration = "30s")
    void small(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        switch ((input[0] & 0xff) % 5) {
            case 0 -> responseCode(rest);
            case 1 -> certificates(rest);
            case 2 -> policy(rest);
            case 3 -> sessions(rest);
            default -> configured(new String(rest, StandardCharsets.UTF_8));
        }
    }

    private static void responseCode(byte[] input) {
        if (input.length >= 4) {
            TpmRc rc = TpmRc.of(ByteBuffer.wrap(input).getInt());
            require(!rc.toString().isEmpty() && !rc.name().isEmpty(), "no name");
        }
    }

    private static void certificates(byte[] input) {
        byte[] cut = Certificates.cut(input);
        int total = Certificates.split(input).stream().mapToInt(c -> c.length).sum();
        require(cut.length <= input.length && total <= input.length, "more than the input holds");
    }

    private static void policy(byte[] input) {
        try {
            byte[] digest = PolicyIndex.digest(0x01c07f01, HashAlgorithm.SHA256, input);
            require(digest.length == 32 && input.length == 34, "not a TPMT_HA");
        } catch (TpmException.Unsupported e) {
            require(e.getMessage().contains("0x01c07f01"), "no reason");
        }
    }

    /** Whatever stands there: only a session is ever flushed for it. */
    private static void sessions(byte[] input) {
        for (int handle : SessionNotes.handles(input, BOOT)) {
            require(handle >>> 24 == 2 || handle >>> 24 == 3, "not a session");
        }
    }

    private static void configured(String text) {
        try {
            TpmAddress address = TpmAddress.parse(text);
            require(TpmAddress.parse(address.toString()).equals(address), "another address");
        } catch (IllegalArgumentException e) {
            require(String.valueOf(e.getMessage()).contains("expected"), "no reason");
        }
        try {
            require(Auth.parse(text).bytes().length <= 64, "too long");
        } catch (IllegalArgumentException e) {
            require(String.valueOf(e.getMessage()).startsWith("TPM password: "), "no reason");
        }
    }

    private static void require(boolean so, String otherwise) {
        if (!so) {
            throw new AssertionError(otherwise);
        }
    }
}
