// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import attestation.ima.policy.IdCondition.Whose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** One word of a rule into what it means; which words may stand together the builder knows. */
final class Words {
    private static final List<String> LABELS =
            List.of("obj_user", "obj_role", "obj_type", "subj_user", "subj_role", "subj_type");

    private static final List<String> NAMES =
            List.of(
                    "func",
                    "mask",
                    "fsmagic",
                    "fsname",
                    "fs_subtype",
                    "fsuuid",
                    "pcr",
                    "template",
                    "keyrings",
                    "label",
                    "digest_type",
                    "appraise_type",
                    "appraise_flag",
                    "appraise_algos");

    private static final List<String> APPRAISE_TYPES = List.of("imasig", "imasig|modsig", "sigv3");

    private Words() {}

    static void read(String word, RuleBuilder rule) throws RefusedException {
        Optional<Action> action = Action.of(word);
        if (action.isPresent()) {
            rule.action(action.get());
        } else if (word.equals("permit_directio")) {
            rule.flag(Rule.Flag.PERMIT_DIRECTIO);
        } else if (!id(word, rule)) {
            assignment(word, rule);
        }
    }

    private static boolean id(String word, RuleBuilder rule) throws RefusedException {
        for (Whose id : Whose.values()) {
            String name = id.name().toLowerCase(Locale.ROOT);
            int at = name.length();
            if (word.startsWith(name) && word.length() > at + 1 && isOperator(word.charAt(at))) {
                rule.id(new IdCondition(id, word.charAt(at), Numbers.id(word.substring(at + 1))));
                return true;
            }
        }
        return false;
    }

    private static boolean isOperator(char c) {
        return c == '=' || c == '<' || c == '>';
    }

    private static void assignment(String word, RuleBuilder rule) throws RefusedException {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        if (equals < 0 || !(NAMES.contains(name) || LABELS.contains(name))) {
            throw unknown(name);
        }
        String value = word.substring(equals + 1);
        if (value.isEmpty()) {
            throw new RefusedException(name + ": empty (expected: a value, without a blank)");
        }
        value(name, value, rule);
    }

    private static void value(String name, String value, RuleBuilder rule) throws RefusedException {
        switch (name) {
            case "func" -> rule.hook(hook(value), value);
            case "mask" -> rule.mask(mask(value));
            case "fsmagic" -> rule.fsMagic(Numbers.magic(value));
            case "fsname" -> rule.fsName(value);
            case "fs_subtype" -> rule.fsSubtype(value);
            case "fsuuid" -> rule.fsUuid(Numbers.uuid(value));
            case "pcr" -> rule.pcr(Numbers.pcr(value));
            case "template" -> rule.template(Templates.check(value));
            case "keyrings" -> rule.keyrings(list("keyrings", value, "[|]"));
            case "label" -> rule.labels(list("label", value, "[|]"));
            case "digest_type" -> digestType(value, rule);
            case "appraise_type" -> appraiseType(value, rule);
            case "appraise_flag" -> appraiseFlag(value, rule);
            case "appraise_algos" -> rule.algorithms(algorithms(value));
            default -> rule.label(name, value);
        }
    }

    private static Hook hook(String value) throws RefusedException {
        return Hook.of(value).orElseThrow(() -> unknownValue("func", value, Hook.words()));
    }

    private static Mask mask(String value) throws RefusedException {
        return Mask.of(value).orElseThrow(() -> unknownValue("mask", value, Mask.Access.words()));
    }

    private static void digestType(String value, RuleBuilder rule) throws RefusedException {
        if (!value.equals("verity")) {
            throw unknownValue("digest_type", value, List.of("verity"));
        }
        rule.verity();
    }

    private static void appraiseType(String value, RuleBuilder rule) throws RefusedException {
        switch (value) {
            case "imasig" -> rule.appraiseType(Set.of(Rule.Flag.SIGNATURE), value);
            case "imasig|modsig" ->
                    rule.appraiseType(
                            Set.of(Rule.Flag.SIGNATURE, Rule.Flag.APPENDED_SIGNATURE), value);
            case "sigv3" -> rule.appraiseType(Set.of(Rule.Flag.SIGNATURE), value);
            default -> throw unknownValue("appraise_type", value, APPRAISE_TYPES);
        }
    }

    private static void appraiseFlag(String value, RuleBuilder rule) throws RefusedException {
        if (!value.contains("blacklist")) {
            throw unknownValue("appraise_flag", value, List.of("check_blacklist"));
        }
        rule.flag(Rule.Flag.CHECK_BLACKLIST);
    }

    private static List<String> algorithms(String value) throws RefusedException {
        List<String> names = list("appraise_algos", value, ",");
        for (String name : names) {
            if (!Templates.HASHES.contains(name)) {
                throw unknownValue("appraise_algos", name, Templates.HASHES);
            }
        }
        return names;
    }

    private static List<String> list(String name, String value, String separator)
            throws RefusedException {
        List<String> items = Arrays.asList(value.split(separator, -1));
        if (items.stream().anyMatch(String::isEmpty)) {
            throw new RefusedException(
                    name + ": " + Shown.value(value) + " (expected: no empty item)");
        }
        return items;
    }

    private static RefusedException unknown(String word) {
        List<String> known = new ArrayList<>(Action.words());
        known.addAll(NAMES);
        known.addAll(LABELS);
        known.add("permit_directio");
        Arrays.stream(Whose.values()).forEach(id -> known.add(id.name().toLowerCase(Locale.ROOT)));
        String message =
                word.startsWith("#")
                        ? "comment behind a rule (expected: on a line of its own)"
                        : "unknown word: " + Shown.value(word);
        return new RefusedException(message, word, known);
    }

    private static RefusedException unknownValue(String name, String value, List<String> known) {
        return new RefusedException(
                name + ": " + Shown.value(value) + " (expected: " + String.join(", ", known) + ")",
                value,
                known);
    }
}
