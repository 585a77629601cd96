// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import attestation.config.key.BadValueException;
import attestation.config.key.Key;
import attestation.config.toml.TomlValue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Gathers values key by key, weakest source first, and makes the configuration of them. What is
 * wrong is collected, and told all at once by {@link #build}. Confined to one thread.
 */
public final class Assignments {
    private final Values values = new Values();
    private final List<Problem> problems = new ArrayList<>();
    private final List<Notice> notices = new ArrayList<>();
    private final Set<Key<?>> broken = new HashSet<>();

    /**
     * Sets a key to a value as a file holds it.
     *
     * @param name under which the operator wrote it; errors use it
     */
    public <T> void set(Key<T> key, TomlValue value, Origin origin, String name) {
        try {
            assign(key, key.type().fromToml(value), origin, name);
        } catch (BadValueException e) {
            problem(key, origin, name + ": " + e.text());
        }
    }

    /** Sets a key to a value from the environment or the command line. */
    public <T> void setText(Key<T> key, String text, Origin origin, String name) {
        try {
            assign(key, key.type().fromText(text), origin, name);
        } catch (BadValueException e) {
            problem(key, origin, name + ": " + e.text());
        }
    }

    /** Sets a key to a legal value. */
    public <T> void assign(Key<T> key, T value, Origin origin, String name) {
        values.put(key, new Assigned<>(value, origin, name));
    }

    /** The value so far: the last legal one, else the default; relative paths are resolved. */
    public <T> T value(Key<T> key) {
        return values.get(key);
    }

    /** Where the value so far comes from. */
    public Origin origin(Key<?> key) {
        return values.assigned(key).origin();
    }

    /** The name under which the operator wrote the key. */
    public String writtenAs(Key<?> key) {
        return values.assigned(key).name();
    }

    /** Notes a problem. */
    public void problem(Origin origin, String text) {
        problems.add(new Problem(origin, text));
    }

    /** Notes a problem with this key; rules that involve it are not applied any more. */
    public void problem(Key<?> key, Origin origin, String text) {
        broken.add(key);
        problem(origin, text);
    }

    /** Whether a problem was noted for the key. */
    public boolean isBroken(Key<?> key) {
        return broken.contains(key);
    }

    /** Notes something that does not keep the configuration from being used. */
    public void notice(Notice.Level level, Origin origin, String text) {
        notices.add(new Notice(level, origin, text));
    }

    /**
     * The configuration.
     *
     * @throws ConfigException with every problem, if there is one
     */
    public LoadedConfig build() throws ConfigException {
        Optional<AgentConfig> config = config();
        if (config.isEmpty() || !problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new LoadedConfig(config.get(), notices, EffectiveConfig.of(values));
    }

    private Optional<AgentConfig> config() {
        Optional<AgentSection> agent = make(AgentSection::of);
        Optional<HttpsSection> https = make(HttpsSection::of);
        Optional<TpmSection> tpm = make(TpmSection::of);
        Optional<ImaSection> ima = make(ImaSection::of);
        Optional<StatusSection> status = make(StatusSection::of);
        Optional<MetricsSection> metrics = make(MetricsSection::of);
        Optional<RegistrarSection> registrar = make(RegistrarSection::of);
        Optional<PayloadSection> payload = make(PayloadSection::of);
        Optional<LogSection> log = make(LogSection::of);
        boolean whole =
                List.of(agent, https, tpm, ima, status, metrics, registrar, payload, log).stream()
                        .allMatch(Optional::isPresent);
        return whole
                ? make(
                        all ->
                                new AgentConfig(
                                        agent.get(),
                                        https.get(),
                                        tpm.get(),
                                        ima.get(),
                                        status.get(),
                                        metrics.get(),
                                        registrar.get(),
                                        payload.get(),
                                        log.get()))
                : Optional.empty();
    }

    private <S> Optional<S> make(Function<Values, S> maker) {
        try {
            return Optional.of(maker.apply(values));
        } catch (Rules.ViolatedException e) {
            e.violations().forEach(this::violated);
            return Optional.empty();
        }
    }

    /** A key with a bad value counts as its default here: what that breaks is not told. */
    private void violated(Rules.Violation violation) {
        if (violation.keys().stream().noneMatch(broken::contains)) {
            Assigned<?> blamed = values.assigned(violation.keys().getFirst());
            problem(blamed.origin(), blamed.name() + ": " + violation.text());
        }
    }
}
