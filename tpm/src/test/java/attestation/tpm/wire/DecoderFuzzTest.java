// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.wire;

import attestation.tpm.QuoteInfo;
import attestation.tpm.TpmException;
import attestation.tpm.eventlog.EventLog;
import attestation.tpm.eventlog.EventLogException;
import attestation.tpm.eventlog.FirmwareEvent;

import com.code_intelligence.jazzer.junit.FuzzTest;

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

    private static void mustExplain(Exception e) {
        if (String.valueOf(e.getMessage()).length() < 10) {
            throw new AssertionError("no reason", e);
        }
    }
}
