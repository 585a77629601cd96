// SPDX-License-Identifier: Apache-2.0
package attestation.agent.metrics;

import attestation.agent.https.Answer;
import attestation.agent.status.MetricsPage;
import attestation.agent.status.StatusReport;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * Writes the numbers of this moment in the Prometheus text format 0.0.4, or in OpenMetrics 1.0.0
 * for those who accept it. Durations are in seconds, sizes in bytes; every label has a value of a
 * set that the code knows, so that no peer can make series. Thread-safe.
 */
public final class Exporter implements MetricsPage {
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final int USUAL_BYTES = 16 * 1024;

    private final MetricsSources sources;

    public Exporter(MetricsSources sources) {
        this.sources = sources;
    }

    @Override
    public Answer answer(StatusReport report, String accept) {
        ExpositionFormatWriter writer =
                accept.contains(OPEN_METRICS)
                        ? OpenMetricsTextFormatWriter.create()
                        : PrometheusTextFormatWriter.create();
        return new Answer.Whole(
                200,
                Map.of("content-type", writer.getContentType()),
                write(writer, families(report)));
    }

    private MetricSnapshots families(StatusReport report) {
        Families families = new Families();
        new StatusFamilies(report).addTo(families);
        new EvidenceFamilies(
                        sources.quotes().get(),
                        sources.sending().get(),
                        sources.list().get(),
                        sources.lastPoll().get())
                .addTo(families);
        new TpmFamilies(sources.tpm().get()).addTo(families);
        new NetworkFamilies(
                        sources.https().get(),
                        sources.certificateEnd().get(),
                        sources.registered().get())
                .addTo(families);
        ProcessFamilies.ofThis().addTo(families);
        return families.all();
    }

    private static byte[] write(ExpositionFormatWriter writer, MetricSnapshots families) {
        ByteArrayOutputStream page = new ByteArrayOutputStream(USUAL_BYTES);
        try {
            writer.write(page, families);
        } catch (IOException e) {
            throw new UncheckedIOException("writing into memory", e);
        }
        return page.toByteArray();
    }
}
