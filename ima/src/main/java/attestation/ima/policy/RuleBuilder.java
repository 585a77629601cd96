// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import attestation.ima.policy.Requirement.Need;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Gathers a rule word by word and refuses what the kernel refuses at that word: the order of words
 * matters for some.
 */
final class RuleBuilder {
    private final int line;
    private final String text;
    private final List<IdCondition> ids = new ArrayList<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private final EnumSet<Rule.Flag> flags = EnumSet.noneOf(Rule.Flag.class);
    private final List<Requirement> requirements = new ArrayList<>();
    private @Nullable Action action;
    private @Nullable Hook hook;
    private @Nullable Mask mask;
    private @Nullable Long fsMagic;
    private @Nullable String fsName;
    private @Nullable String fsSubtype;
    private @Nullable String fsUuid;
    private @Nullable Integer pcr;
    private @Nullable String template;
    private @Nullable List<String> keyrings;
    private @Nullable List<String> criticalLabels;
    private @Nullable List<String> algorithms;

    RuleBuilder(int line, String text) {
        this.line = line;
        this.text = text.strip();
    }

    void action(Action given) throws RefusedException {
        if (action != null) {
            throw new RefusedException(
                    "second action: " + given.word() + " (expected: one, " + action.word() + ")");
        }
        action = given;
        if (given == Action.DONT_AUDIT) {
            require("dont_audit", new Need.Version(6, 19));
        }
    }

    void hook(Hook given, String word) throws RefusedException {
        once("func", hook);
        hook = given;
        switch (given) {
            case MMAP_CHECK_REQPROT -> require("func=" + word, new Need.Version(6, 3));
            case SETXATTR_CHECK -> require("func=" + word, new Need.Version(5, 15));
            case CRITICAL_DATA -> require("func=" + word, new Need.Version(5, 12));
            case KEY_CHECK ->
                    require("func=" + word, new Need.Option("CONFIG_IMA_MEASURE_ASYMMETRIC_KEYS"));
            default -> {}
        }
    }

    void mask(Mask given) throws RefusedException {
        once("mask", mask);
        mask = given;
    }

    void fsMagic(long given) throws RefusedException {
        once("fsmagic", fsMagic == null || fsMagic == 0 ? null : fsMagic);
        fsMagic = given;
    }

    void fsName(String given) {
        fsName = given;
    }

    void fsSubtype(String given) throws RefusedException {
        once("fs_subtype", fsSubtype);
        fsSubtype = given;
        require("fs_subtype", new Need.Version(6, 19));
    }

    void fsUuid(String given) throws RefusedException {
        once("fsuuid", fsUuid);
        fsUuid = given;
    }

    void id(IdCondition condition) throws RefusedException {
        IdCondition.Whose slot = condition.id().slot();
        for (IdCondition other : ids) {
            if (other.id().slot() == slot) {
                throw new RefusedException(
                        "second condition of its kind: "
                                + word(condition)
                                + " (expected: one of "
                                + word(other)
                                + " and it)");
            }
        }
        ids.add(condition);
        if (slot == IdCondition.Whose.GID || slot == IdCondition.Whose.FGROUP) {
            require(word(condition), new Need.Version(5, 16));
        }
    }

    private static String word(IdCondition condition) {
        return condition.id().name().toLowerCase(java.util.Locale.ROOT)
                + condition.operator()
                + condition.value();
    }

    void pcr(int given) {
        pcr = given;
    }

    void template(String given) throws RefusedException {
        if (action != Action.MEASURE) {
            throw new RefusedException(
                    "template before measure or without it (expected: measure … template="
                            + given
                            + ")");
        }
        once("template", template);
        template = given;
    }

    void keyrings(List<String> given) throws RefusedException {
        once("keyrings", keyrings);
        keyrings = given;
    }

    void labels(List<String> given) throws RefusedException {
        once("label", criticalLabels);
        criticalLabels = given;
    }

    void label(String name, String value) throws RefusedException {
        if (labels.put(name, value) != null) {
            throw new RefusedException("second " + name + " (expected: one)");
        }
        require(name, new Need.Labels());
    }

    void algorithms(List<String> given) throws RefusedException {
        once("appraise_algos", algorithms);
        algorithms = given;
        require("appraise_algos", new Need.Version(5, 15));
    }

    void verity() throws RefusedException {
        if (flags.contains(Rule.Flag.SIGNATURE)) {
            throw new RefusedException(
                    "digest_type=verity after appraise_type (expected: before appraise_type=sigv3)");
        }
        flags.add(Rule.Flag.VERITY);
        require("digest_type=verity", new Need.Version(5, 19));
    }

    void appraiseType(Set<Rule.Flag> given, String word) throws RefusedException {
        boolean verity = flags.contains(Rule.Flag.VERITY);
        if (verity && !word.equals("sigv3")) {
            throw new RefusedException(
                    "appraise_type: " + word + " with digest_type=verity (expected: sigv3)");
        }
        flags.addAll(given);
        if (word.equals("sigv3") && !verity) {
            require("appraise_type=sigv3 without digest_type=verity", new Need.Version(7, 1));
        }
        if (given.contains(Rule.Flag.APPENDED_SIGNATURE)) {
            require("appraise_type=imasig|modsig", new Need.Option("CONFIG_IMA_APPRAISE_MODSIG"));
        }
    }

    void flag(Rule.Flag flag) {
        flags.add(flag);
        if (flag == Rule.Flag.CHECK_BLACKLIST) {
            require(
                    "appraise_flag=check_blacklist",
                    flags.contains(Rule.Flag.APPENDED_SIGNATURE)
                            ? new Need.Option("CONFIG_IMA_APPRAISE_MODSIG")
                            : new Need.Version(6, 6));
        }
    }

    Rule build() throws RefusedException {
        if (action == null) {
            throw new RefusedException(
                    "no action (expected: one of " + String.join(", ", Action.words()) + ")");
        }
        Parts parts = parts();
        RuleCheck.check(action, hook, flags, parts);
        List<String> data = keyrings != null ? keyrings : criticalLabels;
        return new Rule(
                line,
                text,
                action,
                Optional.ofNullable(hook),
                Optional.ofNullable(mask),
                fsMagic == null ? OptionalLong.empty() : OptionalLong.of(fsMagic),
                Optional.ofNullable(fsName),
                Optional.ofNullable(fsSubtype),
                Optional.ofNullable(fsUuid),
                List.copyOf(ids),
                Map.copyOf(labels),
                data == null ? List.of() : data,
                algorithms == null ? List.of() : algorithms,
                Optional.ofNullable(pcr),
                Optional.ofNullable(template),
                Set.copyOf(flags));
    }

    List<Requirement> requirements() {
        return requirements;
    }

    private Parts parts() {
        Parts parts = new Parts();
        parts.addIf(mask != null, "mask");
        parts.addIf(fsMagic != null, "fsmagic");
        parts.addIf(fsName != null, "fsname");
        parts.addIf(fsSubtype != null, "fs_subtype");
        parts.addIf(fsUuid != null, "fsuuid");
        ids.forEach(id -> parts.addIf(true, id.id().name().toLowerCase(java.util.Locale.ROOT)));
        parts.addIf(!labels.isEmpty(), "subj_/obj_ label");
        parts.addIf(pcr != null, "pcr");
        parts.addIf(keyrings != null, "keyrings");
        parts.addIf(criticalLabels != null, "label");
        parts.addIf(algorithms != null, "appraise_algos");
        return parts;
    }

    private void require(String feature, Need need) {
        requirements.add(new Requirement(line, feature, need));
    }

    private static void once(String name, @Nullable Object before) throws RefusedException {
        if (before != null) {
            throw new RefusedException("second " + name + " (expected: one)");
        }
    }
}
