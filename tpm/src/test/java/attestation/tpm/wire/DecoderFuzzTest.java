// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.wire;

import attestation.tpm.QuoteInfo;
import attestation.tpm.TpmException;
import attestation.tpm.TpmRc;
import attestation.tpm.eventlog.EventLog;
import attestation.tpm.eventlog.EventLogException;
import attestation.tpm.eventlog.FirmwareEvent;

import com.code_intelligence.jazzer.junit.FuzzTest;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * No decoder throws anything but its own exception, nor takes what it cannot give back. Without
 * {@code JAZZER_FUZZ=1} the seeds are run.
 */
class DecoderFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void attest(byte[] input) {
        try {
            QuoteInfo info = QuoteInfo.parse(input);
            if (info.selection().count() > 24 * 16 || info.extraData().length > input.length) {
                throw new AssertionError("more than the input holds");
            }
        } catch (TpmException.BadResponse e) {
            mustExplain(e);
        }
    }

    @FuzzTest(maxDuration = "30s")
    void publicArea(byte[] input) throws TpmException.Unsupported {
        try {
            PublicArea area = PublicArea.parse(input);
            if (!Arrays.equals(input, area.bytes())) {
                throw new AssertionError("not the bytes that came");
            }
            area.subjectPublicKeyInfo();
        } catch (TpmException.BadResponse e) {
            mustExplain(e);
        }
    }

    @FuzzTest(maxDuration = "30s")
    void eventLog(byte[] input) {
        try {
            EventLog log = EventLog.parse(input);
            for (FirmwareEvent event : log.events()) {
                if (event.summary().length() > 2000 || event.typeName().isEmpty()) {
                    throw new AssertionError("summary of event " + event.number());
                }
            }
        } catch (EventLogException e) {
            mustExplain(e);
        }
    }

    @FuzzTest(maxDuration = "10s")
    void responseCode(byte[] input) {
        if (input.length >= 4) {
            TpmRc rc = TpmRc.of(ByteBuffer.wrap(input).getInt());
            if (rc.toString().isEmpty() || rc.name().isEmpty()) {
                throw new AssertionError("no name");
            }
        }
    }

    @FuzzTest(maxDuration = "10s")
    void certificates(byte[] input) {
        byte[] cut = Certificates.cut(input);
        int total = Certificates.split(input).stream().mapToInt(c -> c.length).sum();
        if (cut.length > input.length || total > input.length) {
            throw new AssertionError("more than the input holds");
        }
    }

    private static void mustExplain(Exception e) {
        if (String.valueOf(e.getMessage()).length() < 10) {
            throw new AssertionError("no reason", e);
        }
    }
}
