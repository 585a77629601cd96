// SPDX-License-Identifier: Apache-2.0
package attestation.agent.metrics;

import attestation.agent.status.Latencies;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Collects metric families in the words of this agent. For one scrape and one thread. */
final class Families {
    static final String PREFIX = "attestation_agent_";

    private final MetricSnapshots.Builder families = MetricSnapshots.builder();

    MetricSnapshots all() {
        return families.build();
    }

    /** Something that is always 1 and tells by its labels; {@code _info} is appended. */
    void info(String name, String help, Labels labels) {
        families.metricSnapshot(
                InfoSnapshot.builder()
                        .name(name)
                        .help(help)
                        .dataPoint(InfoDataPointSnapshot.builder().labels(labels).build())
                        .build());
    }

    /** Grows only; {@code _total} is appended. */
    void counter(String name, String help, double value) {
        families.metricSnapshot(
                CounterSnapshot.builder()
                        .name(name)
                        .help(help)
                        .dataPoint(counted(Labels.EMPTY, value))
                        .build());
    }

    void counter(String name, String help, long value) {
        counter(name, help, (double) value);
    }

    /** One counter for each key; nothing where there are none. */
    <K> void counters(
            String name, String help, Map<K, ? extends Number> values, Function<K, Labels> labels) {
        if (values.isEmpty()) {
            return;
        }
        CounterSnapshot.Builder family = CounterSnapshot.builder().name(name).help(help);
        values.forEach(
                (key, value) -> family.dataPoint(counted(labels.apply(key), value.doubleValue())));
        families.metricSnapshot(family.build());
    }

    void gauge(String name, String help, double value) {
        families.metricSnapshot(
                GaugeSnapshot.builder()
                        .name(name)
                        .help(help)
                        .dataPoint(measured(Labels.EMPTY, value))
                        .build());
    }

    void gauge(String name, String help, long value) {
        gauge(name, help, (double) value);
    }

    /** 1 where it is so, else 0. */
    void gauge(String name, String help, boolean value) {
        gauge(name, help, value ? 1L : 0L);
    }

    /** A moment in seconds of Unix time; nothing where there is none. */
    void moment(String name, String help, Optional<Instant> when) {
        when.ifPresent(moment -> gauge(name, help, moment.toEpochMilli() / 1e3));
    }

    /** One gauge for each key; nothing where there are none. */
    <K> void gauges(
            String name, String help, Map<K, ? extends Number> values, Function<K, Labels> labels) {
        if (values.isEmpty()) {
            return;
        }
        GaugeSnapshot.Builder family = GaugeSnapshot.builder().name(name).help(help);
        values.forEach(
                (key, value) -> family.dataPoint(measured(labels.apply(key), value.doubleValue())));
        families.metricSnapshot(family.build());
    }

    /** One histogram for each key. */
    void histograms(
            String name,
            String help,
            Map<String, Latencies.Snapshot> values,
            Function<String, Labels> labels) {
        HistogramSnapshot.Builder family = HistogramSnapshot.builder().name(name).help(help);
        values.forEach((key, value) -> family.dataPoint(histogram(labels.apply(key), value)));
        families.metricSnapshot(family.build());
    }

    private static CounterDataPointSnapshot counted(Labels labels, double value) {
        return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private static GaugeDataPointSnapshot measured(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private static HistogramDataPointSnapshot histogram(Labels labels, Latencies.Snapshot took) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < took.bounds().size(); i++) {
            buckets.bucket(took.bounds().get(i), took.counts().get(i));
        }
        return HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(buckets.build())
                .sum(took.sum().toNanos() / 1e9)
                .build();
    }
}
