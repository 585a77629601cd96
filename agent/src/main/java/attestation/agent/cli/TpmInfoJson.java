// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.tpm.ClockInfo;
import attestation.tpm.TpmInfo;

import com.fasterxml.jackson.core.JsonGenerator;

import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What a TPM says of itself, for programs; bytes as base64, handles as hex. */
final class TpmInfoJson {
    private TpmInfoJson() {}

    static String render(TpmInfo info, Optional<List<String>> kernel) {
        return JsonLines.object(
                out -> {
                    maker(info, out);
                    if (info.failure().isPresent()) {
                        out.writeStringField("failure", Terminal.escape(info.failure().get()));
                        return; // what else it says means nothing
                    }
                    specification(info.spec(), out);
                    banks(info.banks(), kernel, out);
                    strings("algorithms", info.algorithms(), out);
                    strings("curves", info.curves(), out);
                    certificates(info, out);
                    handles(info.handles(), out);
                    if (info.lockout().isPresent()) {
                        lockout(info.lockout().get(), out);
                    }
                    if (info.clock().isPresent()) {
                        clock(info.clock().get(), out);
                    }
                });
    }

    private static void maker(TpmInfo info, JsonGenerator out) throws IOException {
        out.writeStringField("manufacturer", Terminal.escape(info.manufacturer()));
        out.writeStringField("model", Terminal.escape(info.vendorString()));
        out.writeStringField("firmware", Terminal.escape(info.firmware()));
    }

    private static void specification(TpmInfo.Spec spec, JsonGenerator out) throws IOException {
        out.writeObjectFieldStart("specification");
        out.writeStringField("family", Terminal.escape(spec.family()));
        out.writeNumberField("level", spec.level());
        out.writeNumberField("revision", spec.revision());
        out.writeNumberField("year", spec.year());
        out.writeNumberField("day_of_year", spec.dayOfYear());
        out.writeEndObject();
    }

    private static void banks(
            List<TpmInfo.Bank> banks, Optional<List<String>> kernel, JsonGenerator out)
            throws IOException {
        out.writeArrayFieldStart("banks");
        for (TpmInfo.Bank bank : banks) {
            out.writeStartObject();
            out.writeStringField("name", Terminal.escape(bank.name()));
            out.writeBooleanField("active", bank.active());
            out.writeNumberField("pcr_mask", bank.mask());
            if (kernel.isPresent()) {
                out.writeBooleanField("kernel_extends", kernel.get().contains(bank.name()));
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void strings(String name, List<String> values, JsonGenerator out)
            throws IOException {
        out.writeArrayFieldStart(name);
        for (String value : values) {
            out.writeString(Terminal.escape(value));
        }
        out.writeEndArray();
    }

    private static void certificates(TpmInfo info, JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("ek_certificates");
        for (TpmInfo.EkCertificate found : info.certificates()) {
            certificate(found, out);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("chain");
        for (byte[] der : info.chain()) {
            out.writeString(Base64.getEncoder().encodeToString(der));
        }
        out.writeEndArray();
    }

    private static void certificate(TpmInfo.EkCertificate found, JsonGenerator out)
            throws IOException {
        out.writeStartObject();
        out.writeStringField("index", hex(found.index()));
        out.writeStringField("template", Terminal.escape(found.template()));
        if (found.bytes().isPresent()) {
            byte[] bytes = found.bytes().get();
            out.writeStringField("certificate", Base64.getEncoder().encodeToString(bytes));
            Optional<EkCertificateFacts> facts = EkCertificateFacts.of(bytes);
            if (facts.isPresent()) {
                facts(facts.get(), out);
            }
        }
        if (found.matches().isPresent()) {
            out.writeBooleanField("matches_ek", found.matches().get());
        }
        if (!found.note().isEmpty()) {
            out.writeStringField("note", Terminal.escape(found.note()));
        }
        out.writeEndObject();
    }

    private static void facts(EkCertificateFacts facts, JsonGenerator out) throws IOException {
        out.writeStringField("subject", facts.subject());
        out.writeStringField("issuer", facts.issuer());
        out.writeStringField("not_before", facts.notBefore().toString());
        out.writeStringField("not_after", facts.notAfter().toString());
        out.writeBooleanField("strict_der", facts.strictDer());
    }

    private static void handles(TpmInfo.Handles handles, JsonGenerator out) throws IOException {
        out.writeObjectFieldStart("handles");
        strings("persistent", hex(handles.persistent()), out);
        strings("loaded_objects", hex(handles.transientObjects()), out);
        strings("loaded_sessions", hex(handles.loadedSessions()), out);
        strings("saved_sessions", hex(handles.savedSessions()), out);
        strings("nv_indices", hex(handles.nvIndices()), out);
        out.writeEndObject();
    }

    private static List<String> hex(List<Integer> handles) {
        return handles.stream().map(TpmInfoJson::hex).toList();
    }

    private static String hex(int handle) {
        return "0x" + HexFormat.of().toHexDigits(handle);
    }

    private static void lockout(TpmInfo.Lockout lockout, JsonGenerator out) throws IOException {
        out.writeObjectFieldStart("lockout");
        out.writeBooleanField("in_lockout", lockout.inLockout());
        out.writeNumberField("counter", lockout.counter());
        out.writeNumberField("max_tries", lockout.maxTries());
        out.writeNumberField("interval_s", lockout.intervalSeconds());
        out.writeNumberField("recovery_s", lockout.recoverySeconds());
        out.writeEndObject();
    }

    private static void clock(ClockInfo clock, JsonGenerator out) throws IOException {
        out.writeObjectFieldStart("clock");
        out.writeNumberField("clock_ms", clock.clockMillis());
        out.writeNumberField("resets", Integer.toUnsignedLong(clock.resetCount()));
        out.writeNumberField("restarts", Integer.toUnsignedLong(clock.restartCount()));
        out.writeBooleanField("safe", clock.safe());
        out.writeEndObject();
    }
}
