// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import attestation.ima.policy.Rule.Flag;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.Set;

/** What must fit together in a finished rule, {@code ima_validate_rule} of the kernel. */
final class RuleCheck {
    private static final Set<String> OF_BUFFERS = Set.of("keyrings", "label");
    private static final Set<String> OF_CMDLINE =
            Set.of(
                    "fsmagic",
                    "fsname",
                    "fs_subtype",
                    "fsuuid",
                    "uid",
                    "euid",
                    "gid",
                    "egid",
                    "fowner",
                    "fgroup",
                    "pcr",
                    "subj_/obj_ label");
    private static final Set<String> OF_KEYS = Set.of("uid", "gid", "pcr", "keyrings");
    private static final Set<String> OF_CRITICAL_DATA = Set.of("uid", "gid", "pcr", "label");

    private RuleCheck() {}

    static void check(Action action, @Nullable Hook hook, Set<Flag> flags, Parts parts)
            throws RefusedException {
        checkAction(action, flags, parts);
        if (hook == null) {
            ofFile("a rule without func", Set.of(Flag.APPENDED_SIGNATURE), flags, parts);
        } else {
            checkHook(hook, action, flags, parts);
        }
        checkFlags(action, flags);
    }

    private static void checkAction(Action action, Set<Flag> flags, Parts parts)
            throws RefusedException {
        if (action != Action.MEASURE && parts.has("pcr")) {
            throw new RefusedException("pcr with " + action.word() + " (expected: measure)");
        }
        boolean appraises =
                parts.has("appraise_algos")
                        || flags.contains(Flag.SIGNATURE)
                        || flags.contains(Flag.CHECK_BLACKLIST);
        if (action != Action.APPRAISE && appraises) {
            throw new RefusedException(
                    "appraise_type, appraise_flag or appraise_algos with "
                            + action.word()
                            + " (expected: appraise)");
        }
    }

    private static void checkHook(Hook hook, Action action, Set<Flag> flags, Parts parts)
            throws RefusedException {
        switch (hook) {
            case FILE_CHECK,
                    MMAP_CHECK,
                    MMAP_CHECK_REQPROT,
                    BPRM_CHECK,
                    CREDS_CHECK,
                    FIRMWARE_CHECK,
                    POLICY_CHECK ->
                    ofFile("func=" + hook, Set.of(Flag.APPENDED_SIGNATURE), flags, parts);
            case MODULE_CHECK, KEXEC_KERNEL_CHECK, KEXEC_INITRAMFS_CHECK ->
                    ofFile("func=" + hook, Set.of(Flag.VERITY), flags, parts);
            case KEXEC_CMDLINE -> ofBuffer(hook, action, OF_CMDLINE, flags, parts);
            case KEY_CHECK -> ofBuffer(hook, action, OF_KEYS, flags, parts);
            case CRITICAL_DATA -> ofBuffer(hook, action, OF_CRITICAL_DATA, flags, parts);
            case SETXATTR_CHECK -> ofAttribute(action, flags, parts);
        }
    }

    private static void ofFile(String what, Set<Flag> refused, Set<Flag> flags, Parts parts)
            throws RefusedException {
        Optional<String> part = parts.among(OF_BUFFERS);
        if (part.isPresent()) {
            throw new RefusedException(
                    part.get()
                            + " with "
                            + what
                            + " (expected: func="
                            + (part.get().equals("label") ? "CRITICAL_DATA" : "KEY_CHECK")
                            + ")");
        }
        for (Flag flag : refused) {
            if (flags.contains(flag)) {
                throw new RefusedException(words(flag) + " with " + what + " is not possible");
            }
        }
    }

    private static void ofBuffer(
            Hook hook, Action action, Set<String> allowed, Set<Flag> flags, Parts parts)
            throws RefusedException {
        if (action.kind() != Action.Kind.MEASURE) {
            throw new RefusedException(
                    action.word() + " func=" + hook + " (expected: measure or dont_measure)");
        }
        refuse("func=" + hook, parts.otherThan(allowed), flags);
    }

    private static void ofAttribute(Action action, Set<Flag> flags, Parts parts)
            throws RefusedException {
        if (action != Action.APPRAISE || !parts.has("appraise_algos")) {
            throw new RefusedException(
                    "func=SETXATTR_CHECK (expected: appraise func=SETXATTR_CHECK"
                            + " appraise_algos=…)");
        }
        refuse("func=SETXATTR_CHECK", parts.otherThan(Set.of("appraise_algos")), flags);
    }

    private static void refuse(String what, Optional<String> part, Set<Flag> flags)
            throws RefusedException {
        Optional<String> wrong =
                part.or(() -> flags.stream().sorted().map(RuleCheck::words).findFirst());
        if (wrong.isPresent()) {
            throw new RefusedException(wrong.get() + " with " + what + " is not possible");
        }
    }

    private static void checkFlags(Action action, Set<Flag> flags) throws RefusedException {
        if (flags.contains(Flag.CHECK_BLACKLIST) && !flags.contains(Flag.SIGNATURE)) {
            throw new RefusedException(
                    "appraise_flag without a signature (expected: appraise_type=imasig)");
        }
        if (action == Action.APPRAISE
                && flags.contains(Flag.VERITY)
                && !flags.contains(Flag.SIGNATURE)) {
            throw new RefusedException(
                    "digest_type=verity with appraise (expected: appraise_type=sigv3 behind it)");
        }
    }

    private static String words(Flag flag) {
        return switch (flag) {
            case PERMIT_DIRECTIO -> "permit_directio";
            case VERITY -> "digest_type=verity";
            case SIGNATURE -> "appraise_type";
            case APPENDED_SIGNATURE -> "appraise_type=imasig|modsig";
            case CHECK_BLACKLIST -> "appraise_flag";
        };
    }
}
