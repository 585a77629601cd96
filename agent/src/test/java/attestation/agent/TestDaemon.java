// SPDX-License-Identifier: Apache-2.0
package attestation.agent;

import attestation.agent.identity.AgentData;
import attestation.agent.identity.StateDirectory;
import attestation.agent.keylime.config.ConfigSource;
import attestation.agent.status.Health;
import attestation.agent.status.Section;
import attestation.agent.status.StatusClient;
import attestation.agent.status.StatusException;
import attestation.agent.status.StatusReport;
import attestation.config.AgentConfig;
import attestation.config.ConfigLoader;
import attestation.config.FileCheck;
import attestation.config.LoadedConfig;
import attestation.config.Surroundings;
import attestation.fixtures.Await;
import attestation.fixtures.CapturedOutput;
import attestation.fixtures.GrowingLog;
import attestation.fixtures.TestPki;
import attestation.systemd.JournalLogging;
import attestation.systemd.Notifier;
import attestation.systemd.Watchdog;

import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Level;

/** The daemon in this JVM, over its own state directory, status socket and port. */
final class TestDaemon implements AutoCloseable {
    static final String ID = "d432fbb3-d2f1-4a97-9ef7-75bd81c00000";

    private final Path folder;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final CapturedOutput journal = new CapturedOutput();
    private @Nullable Agent agent;
    private @Nullable LoadedConfig started;
    private CompletableFuture<Boolean> end = CompletableFuture.completedFuture(true);

    /**
     * @param tcti of the TPM
     */
    TestDaemon(Path folder, String tcti, GrowingLog log) {
        this.folder = folder;
        set("agent.uuid", quoted(ID));
        set("agent.state_dir", quoted(state()));
        set("agent.contact_ip", quoted("127.0.0.1"));
        set("https.ip", quoted("127.0.0.1"));
        set("https.port", "0");
        set("https.trusted_client_ca", "[" + quoted(TestPki.ec().ca()) + "]");
        set("tpm.tcti", quoted(tcti));
        set("tpm.encryption_alg", quoted("ecc256"));
        set("tpm.signing_alg", quoted("ecdsa"));
        set("ima.list", quoted(log.ascii()));
        set("ima.count", quoted(log.countFile()));
        set("ima.boot_log", quoted(""));
        set("ima.poll_ms", "50");
        set("status.socket", quoted(socket()));
        set("status.group", quoted(""));
        set("payload.enabled", "false");
    }

    /** One value of the configuration, as it stands in TOML. */
    TestDaemon set(String key, String toml) {
        settings.put(key, toml);
        return this;
    }

    static String quoted(Object text) {
        return "\"" + text + "\"";
    }

    Path state() {
        return folder.resolve("state");
    }

    Path socket() {
        return folder.resolve("agent.sock");
    }

    Path certificate() {
        return state().resolve(StateDirectory.SERVER_CERTIFICATE);
    }

    /** The configuration file as it is set now. */
    Path writeConfig() {
        Map<String, StringBuilder> sections = new LinkedHashMap<>();
        settings.forEach(
                (key, value) -> {
                    String[] name = key.split("\\.", 2);
                    sections.computeIfAbsent(name[0], n -> new StringBuilder("[" + n + "]\n"))
                            .append(name[1] + " = " + value + "\n");
                });
        try {
            Files.createDirectories(state());
            return Files.writeString(
                    folder.resolve("agent.toml"), String.join("", sections.values()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Starts and waits until the network socket is open. */
    TestDaemon start() throws Exception {
        startOnly();
        Await.until("listening", () -> end.isDone() || !agent().addresses().isEmpty());
        if (end.isDone()) {
            end.get();
        }
        return this;
    }

    /** Starts and waits for nothing. */
    TestDaemon startOnly() throws Exception {
        Surroundings surroundings = new Surroundings(Map.of(), folder, false);
        LoadedConfig loaded =
                ConfigLoader.load(writeConfig(), Map.of(), surroundings, FileCheck.REQUIRED);
        started = loaded;
        AgentConfig config = loaded.config();
        JournalLogging.configure(Level.INFO, journal.stream());
        Notifier notifier = new Notifier(Map.of(), System::nanoTime, failure -> {});
        Watchdog watchdog = new Watchdog(Map.of(), 1, notifier, System::nanoTime, stall -> {});
        Agent made = new Agent(config, "1.2.3", notifier, watchdog);
        agent = made;
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        end = ended;
        Thread.ofPlatform()
                .daemon()
                .name("agent")
                .start(
                        () -> {
                            try {
                                made.run();
                                ended.complete(true);
                            } catch (Exception e) {
                                ended.completeExceptionally(e);
                            }
                        });
        return this;
    }

    /** What SIGHUP does, over the configuration as it is set now. */
    void hangUp() throws Exception {
        Surroundings surroundings = new Surroundings(Map.of(), folder, false);
        ConfigSource source = ConfigSource.choose(Optional.of(writeConfig()), surroundings);
        LoadedConfig before = started;
        if (before == null) {
            throw new IllegalStateException("not started");
        }
        new Reload(source, before, LoggerFactory.getLogger(TestDaemon.class)).run(agent());
    }

    Agent agent() {
        if (agent == null) {
            throw new IllegalStateException("not started");
        }
        return agent;
    }

    int port() {
        String address = agent().addresses().getFirst();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    /** Ends it as SIGTERM does; rethrows what it ended with. */
    void stop() throws Exception {
        agent().stop();
        end.get(40, TimeUnit.SECONDS);
    }

    /** What {@link Agent#run} ended with. */
    CompletableFuture<Boolean> end() {
        return end;
    }

    CapturedOutput journal() {
        return journal;
    }

    StatusReport status() throws StatusException {
        return new StatusClient(socket(), Duration.ofSeconds(20)).status();
    }

    Section section(String name) throws StatusException {
        return status().sections().stream()
                .filter(section -> section.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    Object field(String section, String key) throws StatusException {
        return section(section).fields().stream()
                .filter(field -> field.key().equals(key))
                .map(Section.Field::value)
                .findFirst()
                .orElse("");
    }

    void awaitSection(String name, Predicate<Section> condition) {
        Section[] last = new Section[1];
        try {
            Await.until(
                    name,
                    () -> {
                        last[0] = section(name);
                        return condition.test(last[0]);
                    });
        } catch (AssertionError e) {
            throw new AssertionError(last[0] + "\n" + journal.text(), e);
        }
    }

    /** Waits until it serves and a quote was held against the list. */
    TestDaemon awaitHealthy() {
        try {
            awaitServing();
            visitor().get(Visitor.integrity("healthy", Visitor.IMA, Long.MAX_VALUE));
            Await.until("healthy", () -> status().verdict() == Health.OK);
        } catch (AssertionError | IOException | InterruptedException e) {
            throw new AssertionError(journal.text(), e);
        }
        return this;
    }

    /** Waits until requests are let through. */
    TestDaemon awaitServing() {
        awaitSection("agent", section -> section.health() == Health.OK);
        return this;
    }

    AgentData agentData() throws Exception {
        var file = new StateDirectory(state(), Clock.systemUTC()).file(StateDirectory.AGENT_DATA);
        return AgentData.load(file).orElseThrow();
    }

    /**
     * The AK's public area in a file of its own: several visitors ask at once, and none may see it
     * half written.
     */
    Path ak() throws Exception {
        return Files.write(Files.createTempFile(folder, "ak", ".tpmt"), agentData().akPublic());
    }

    Visitor visitor() {
        return new Visitor(this, TestPki.ec().client());
    }

    @Override
    public void close() {
        if (agent != null && !end.isDone()) {
            agent.stop();
            try {
                end.get(40, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError(journal.text(), e);
            }
        }
    }
}
