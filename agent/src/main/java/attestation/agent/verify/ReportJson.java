// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;

/** The report for programs. */
public final class ReportJson {
    private ReportJson() {}

    /** One JSON object and a newline. */
    public static String render(Report report) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.setPrettyPrinter(new DefaultPrettyPrinter());
            write(report, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    private static void write(Report report, JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("kind", "report, not evidence");
        out.writeStringField("subject", report.subject());
        out.writeStringField("verdict", report.verdict().name().toLowerCase(Locale.ROOT));
        out.writeNumberField("exit_code", report.verdict().exitCode());
        if (report.cause().isPresent()) {
            out.writeStringField("cause", report.cause().get().name());
        }
        out.writeArrayFieldStart("checks");
        for (Check check : report.checks()) {
            out.writeStartObject();
            out.writeStringField("name", check.name());
            out.writeStringField("result", check.result().name().toLowerCase(Locale.ROOT));
            out.writeStringField("text", check.text());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeObjectFieldStart("facts");
        for (Map.Entry<String, Object> fact : report.facts().entrySet()) {
            out.writeFieldName(fact.getKey());
            value(fact.getValue(), out);
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void value(Object value, JsonGenerator out) throws IOException {
        switch (value) {
            case Long number -> out.writeNumber(number);
            case Boolean yes -> out.writeBoolean(yes);
            default -> out.writeString(value.toString());
        }
    }
}
