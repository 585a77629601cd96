// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.config;

import attestation.config.Assignments;
import attestation.config.ConfigException;
import attestation.config.FileCheck;
import attestation.config.LoadedConfig;
import attestation.config.Notice;
import attestation.config.Origin;
import attestation.config.Overlays;
import attestation.config.Surroundings;
import attestation.config.key.AgentKeys;
import attestation.config.key.HttpsKeys;
import attestation.config.key.ImaKeys;
import attestation.config.key.Key;
import attestation.config.key.PayloadKeys;
import attestation.config.key.RegistrarKeys;
import attestation.config.toml.Shown;
import attestation.config.toml.TomlValue;

import java.util.Map;
import java.util.Optional;

/**
 * Makes our configuration of Keylime's: its defaults, files and variables first, then our own
 * variables and the command line for what Keylime has no option for.
 */
final class KeylimeConfigLoader {
    private static final Origin DEFAULT = new Origin.Standard("Keylime's default");
    private static final String BOOT_LOG_VARIABLE = "TPM_BINARY_MEASUREMENTS";

    private final Surroundings surroundings;
    private final Assignments assignments = new Assignments();
    private final RawOptions raw = new RawOptions(assignments);

    private KeylimeConfigLoader(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    static LoadedConfig load(
            KeylimeFiles files,
            Map<String, String> overrides,
            Surroundings surroundings,
            FileCheck check)
            throws ConfigException {
        KeylimeConfigLoader loader = new KeylimeConfigLoader(surroundings);
        loader.raw.read(files);
        loader.raw.readEnvironment(surroundings);
        loader.assignments.assign(PayloadKeys.ENABLED, true, DEFAULT, PayloadKeys.ENABLED.name());
        KeylimeOptions.all().forEach(loader::take);
        loader.takeBootLogVariable();
        Overlays.apply(loader.assignments, overrides, surroundings, check);
        loader.refuseOpenPayloads();
        loader.raiseLongestDelay();
        return loader.assignments.build();
    }

    private void take(KeylimeOption option) {
        Optional<RawOptions.Raw> found = raw.get(option.name());
        if (found.isEmpty()) {
            takeDefault(option);
            return;
        }
        TomlValue given = found.get().value();
        Origin origin = found.get().origin();
        option.shape()
                .read(given)
                .ifPresentOrElse(
                        value -> take(option, value, origin),
                        () -> refuse(option, given, origin, option.shape().expected()));
    }

    private void takeDefault(KeylimeOption option) {
        boolean becomeKeylime =
                option.key().filter(AgentKeys.RUN_AS::equals).isPresent()
                        && surroundings.superuser();
        TomlValue value =
                becomeKeylime ? new TomlValue.Text("keylime:tss") : option.standardValue();
        if (option.fate() instanceof Fate.Mapped mapped) {
            translate(option, mapped, value, DEFAULT);
        }
    }

    private void take(KeylimeOption option, TomlValue value, Origin origin) {
        boolean changed = !value.equals(option.standardValue());
        switch (option.fate()) {
            case Fate.Mapped mapped -> translate(option, mapped, value, origin);
            case Fate.PushOnly() ->
                    inform(changed, origin, option.name() + ": push model only, not used");
            case Fate.Ignored(String reason) ->
                    inform(
                            changed && !option.name().equals("version"),
                            origin,
                            option.name() + ": not used: " + reason);
            case Fate.Former(String replacement) ->
                    warn(
                            changed,
                            origin,
                            option.name() + ": deprecated, not used; replaced by " + replacement);
        }
    }

    private void inform(boolean worthIt, Origin origin, String text) {
        if (worthIt) {
            assignments.notice(Notice.Level.INFO, origin, text);
        }
    }

    private void warn(boolean worthIt, Origin origin, String text) {
        if (worthIt) {
            assignments.notice(Notice.Level.WARNING, origin, text);
        }
    }

    private void translate(
            KeylimeOption option, Fate.Mapped mapped, TomlValue value, Origin origin) {
        Translation.Context context =
                new Translation.Context(
                        option.name(),
                        surroundings,
                        (level, text) -> assignments.notice(level, origin, text));
        try {
            TomlValue ours = mapped.translation().apply(value, context);
            assignments.set(mapped.key(), ours, origin, option.name());
        } catch (IllegalArgumentException e) {
            refuse(option, value, origin, String.valueOf(e.getMessage()));
        }
    }

    private void refuse(KeylimeOption option, TomlValue value, Origin origin, String expected) {
        String shown = option.secret() ? "***" : Shown.value(value);
        String text = option.name() + ": " + shown + " (expected: " + expected + ")";
        option.key()
                .ifPresentOrElse(
                        key -> assignments.problem(key, origin, text),
                        () -> assignments.problem(origin, text));
    }

    /** Set by test suites that bring their own firmware log. */
    private void takeBootLogVariable() {
        surroundings
                .variable(BOOT_LOG_VARIABLE)
                .ifPresent(
                        path -> {
                            Origin origin = new Origin.Environment(BOOT_LOG_VARIABLE);
                            assignments.setText(ImaKeys.BOOT_LOG, path, origin, BOOT_LOG_VARIABLE);
                        });
    }

    /** In Keylime's own words, which its users know. */
    private void refuseOpenPayloads() {
        boolean open =
                !assignments.value(HttpsKeys.MUTUAL_TLS)
                        && !assignments.value(PayloadKeys.ENABLE_INSECURE_PAYLOAD)
                        && assignments.value(PayloadKeys.ENABLED)
                        && !assignments.value(PayloadKeys.SCRIPT).isEmpty();
        if (open
                && !isBroken(
                        HttpsKeys.MUTUAL_TLS,
                        PayloadKeys.ENABLE_INSECURE_PAYLOAD,
                        PayloadKeys.SCRIPT)) {
            assignments.problem(
                    PayloadKeys.SCRIPT,
                    assignments.origin(HttpsKeys.MUTUAL_TLS),
                    "The agent mTLS is disabled and 'payload_script' is not empty. To allow the"
                            + " agent to run, 'enable_insecure_payload' has to be set to 'True'");
        }
    }

    private boolean isBroken(Key<?>... keys) {
        for (Key<?> key : keys) {
            if (assignments.isBroken(key)) {
                return true;
            }
        }
        return false;
    }

    /** Keylime's agent panics at a longest pause below the first one; ours goes on. */
    private void raiseLongestDelay() {
        int first = assignments.value(RegistrarKeys.RETRY_INITIAL_DELAY_MS);
        Key<Integer> longest = RegistrarKeys.RETRY_MAX_DELAY_MS;
        if (assignments.value(longest) < first) {
            Origin origin = assignments.origin(longest);
            String name = assignments.writtenAs(longest);
            warn(true, origin, name + ": below the first pause, so " + first + " is used");
            assignments.assign(longest, first, origin, name);
        }
    }
}
