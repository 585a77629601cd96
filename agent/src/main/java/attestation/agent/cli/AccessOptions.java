// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.host.FileSystemMagic;
import attestation.config.Nearest;
import attestation.ima.policy.Access;
import attestation.ima.policy.Hook;
import attestation.ima.policy.IdCondition.Whose;
import attestation.ima.policy.Mask;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The use of a file that a policy is asked about. */
final class AccessOptions {
    @Option(
            names = "--explain",
            paramLabel = "PATH",
            description =
                    "Which rule decides about this file; of KEY_CHECK the keyring, of CRITICAL_DATA"
                            + " the label.")
    private @Nullable Path path;

    @Option(
            names = "--func",
            paramLabel = "HOOK",
            defaultValue = "BPRM_CHECK",
            description = "How it is used. Default: ${DEFAULT-VALUE}.")
    private String func = "BPRM_CHECK";

    @Option(
            names = "--mask",
            paramLabel = "MAY_X[|MAY_Y]",
            description = "How it is opened. Default: what the hook does.")
    private @Nullable String mask;

    @Option(names = "--uid", description = "User of the process. Default: ${DEFAULT-VALUE}.")
    private long uid;

    @Option(names = "--euid", description = "Its effective user. Default: as --uid.")
    private @Nullable Long euid;

    @Option(names = "--gid", description = "Group of the process. Default: ${DEFAULT-VALUE}.")
    private long gid;

    @Option(names = "--egid", description = "Its effective group. Default: as --gid.")
    private @Nullable Long egid;

    boolean asked() {
        return path != null;
    }

    Access access() throws CliException {
        Path subject = path == null ? Path.of("") : path;
        Hook hook = Hook.of(func).orElseThrow(() -> unknown("--func", func, Hook.words()));
        boolean file =
                hook != Hook.KEY_CHECK && hook != Hook.CRITICAL_DATA && hook != Hook.KEXEC_CMDLINE;
        Map<Whose, Long> ids = process();
        OptionalLong fsMagic = OptionalLong.empty();
        Optional<String> fsName = Optional.empty();
        if (file) {
            fsMagic = OptionalLong.of(readFile(subject, ids));
            fsName = fsName(subject);
        }
        return new Access(
                hook,
                masks(hook),
                fsMagic,
                fsName,
                Optional.empty(),
                ids,
                file ? Optional.empty() : Optional.of(subject.toString()));
    }

    private Map<Whose, Long> process() {
        Map<Whose, Long> ids = new EnumMap<>(Whose.class);
        ids.put(Whose.UID, uid);
        ids.put(Whose.EUID, euid == null ? uid : euid);
        ids.put(Whose.GID, gid);
        ids.put(Whose.EGID, egid == null ? gid : egid);
        return ids;
    }

    /** Its owner; returns the number of its file system. */
    private static long readFile(Path subject, Map<Whose, Long> ids) throws CliException {
        try {
            Map<String, Object> facts = Files.readAttributes(subject, "unix:uid,gid");
            ids.put(Whose.FOWNER, number(facts, "uid"));
            ids.put(Whose.FGROUP, number(facts, "gid"));
            return FileSystemMagic.of(subject);
        } catch (IOException e) {
            throw new CliException(ExitCodes.UNAVAILABLE, ListSource.unreadable(subject, e));
        }
    }

    /** Empty where the mount table does not name the mount. */
    private static Optional<String> fsName(Path subject) {
        try {
            return Optional.of(Files.getFileStore(subject).type());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static long number(Map<String, Object> facts, String name) {
        return Integer.toUnsignedLong((int) Objects.requireNonNull(facts.get(name), name));
    }

    private Set<Mask.Access> masks(Hook hook) throws CliException {
        if (mask == null) {
            return hook.usualMask();
        }
        Set<Mask.Access> set = EnumSet.noneOf(Mask.Access.class);
        for (String word : mask.split("\\|", -1)) {
            set.add(
                    Mask.access(word)
                            .orElseThrow(
                                    () ->
                                            unknown(
                                                    "--mask",
                                                    word,
                                                    java.util.List.of(
                                                            "MAY_READ",
                                                            "MAY_WRITE",
                                                            "MAY_EXEC",
                                                            "MAY_APPEND"))));
        }
        return set;
    }

    private static CliException unknown(String option, String value, java.util.List<String> known) {
        String expected = Nearest.to(value, known).orElse(String.join(", ", known));
        return new CliException(
                ExitCodes.USAGE,
                option + ": " + Terminal.escape(value) + " (expected: " + expected + ")");
    }
}
