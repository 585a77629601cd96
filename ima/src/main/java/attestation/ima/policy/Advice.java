// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import attestation.ima.policy.Coverage.Extent;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What the kernel accepts but the operator should know. */
public final class Advice {
    private static final long TMPFS = 0x01021994;
    private static final long OVERLAYFS = 0x794c7630;
    private static final int MAX_PCR = 23;
    private static final int FIRST_FREE_PCR = 10;

    private Advice() {}

    /**
     * One piece of advice.
     *
     * @param line the rule it is about, 0 for the whole policy
     */
    public record Note(int line, String message) {}

    /** All advice about a policy, by line. */
    public static List<Note> about(Policy policy) {
        List<Note> notes = new ArrayList<>();
        for (Rule rule : policy.rules()) {
            ofRule(rule, notes);
        }
        if (policy.does(Action.MEASURE)) {
            ofMeasurement(policy, notes);
        }
        if (policy.does(Action.APPRAISE)) {
            ofAppraisal(policy, notes);
        }
        unreachable(policy, notes);
        return notes;
    }

    private static void ofRule(Rule rule, List<Note> notes) {
        if (rule.action() == Action.DONT_MEASURE && skips(rule, OVERLAYFS, "overlay")) {
            note(notes, rule, "nothing on overlayfs is measured: containers run there");
        }
        if (rule.action() == Action.DONT_MEASURE && skips(rule, TMPFS, "tmpfs")) {
            note(notes, rule, "nothing on tmpfs is measured: /dev/shm, /run, often /tmp");
        }
        if (rule.action() == Action.DONT_APPRAISE && skips(rule, TMPFS, "tmpfs")) {
            note(notes, rule, "on tmpfs (/dev/shm, /run, often /tmp) anything may be executed");
        }
        rule.pcr().ifPresent(pcr -> pcr(rule, pcr, notes));
        if (rule.action() == Action.MEASURE && rule.flags().contains(Rule.Flag.VERITY)) {
            note(notes, rule, "files without fs-verity are not measured by it, nor by later rules");
        }
        if (rule.action() == Action.MEASURE && isNoisy(rule)) {
            note(
                    notes,
                    rule,
                    "every file that is read is measured: logs and caches grow the list with each"
                            + " change");
        }
    }

    private static void pcr(Rule rule, int pcr, List<Note> notes) {
        if (pcr > MAX_PCR) {
            note(notes, rule, "pcr " + pcr + " is none that a TPM has (0..23): never extended");
        } else if (pcr != FIRST_FREE_PCR) {
            note(notes, rule, "verifiers replay PCR 10; entries in PCR " + pcr + " go unchecked");
        }
    }

    private static boolean isNoisy(Rule rule) {
        boolean reads =
                rule.mask().isEmpty()
                        || rule.mask().get().access() == Mask.Access.MAY_READ
                        || rule.mask().get().access() == Mask.Access.MAY_WRITE;
        return rule.concerns(Hook.FILE_CHECK) && reads && rule.labels().isEmpty();
    }

    private static boolean skips(Rule rule, long magic, String name) {
        return (rule.fsMagic().isPresent() && rule.fsMagic().getAsLong() == magic)
                || rule.fsName().filter(name::equals).isPresent();
    }

    private static void ofMeasurement(Policy policy, List<Note> notes) {
        boolean keys =
                policy.rules().stream()
                        .anyMatch(
                                rule ->
                                        rule.action() == Action.MEASURE
                                                && rule.concerns(Hook.KEY_CHECK)
                                                && (rule.data().isEmpty()
                                                        || rule.data().contains(".ima")));
        if (!keys) {
            notes.add(
                    new Note(
                            0,
                            "keys loaded into .ima are not measured: add measure func=KEY_CHECK"
                                    + " keyrings=.ima"));
        }
        for (Coverage.Use use : Coverage.of(policy)) {
            if (use.extent() == Extent.NEVER && isEssential(use.hook())) {
                notes.add(new Note(0, use.what() + " are not measured (" + use.hook() + ")"));
            }
        }
    }

    private static boolean isEssential(Hook hook) {
        return hook == Hook.BPRM_CHECK || hook == Hook.MMAP_CHECK || hook == Hook.MODULE_CHECK;
    }

    private static void ofAppraisal(Policy policy, List<Note> notes) {
        Predicate<Rule> signed = rule -> rule.flags().contains(Rule.Flag.SIGNATURE);
        List<Rule> appraise =
                policy.rules().stream().filter(r -> r.action() == Action.APPRAISE).toList();
        if (appraise.stream().anyMatch(signed)) {
            notes.add(
                    new Note(
                            0,
                            "the keys must be in .ima before this policy is loaded, else nothing"
                                    + " that it appraises runs: agent doctor"));
        }
        boolean guarded =
                appraise.stream()
                        .anyMatch(rule -> rule.concerns(Hook.POLICY_CHECK) && signed.test(rule));
        if (!guarded) {
            notes.add(
                    new Note(
                            0,
                            "policies need not be signed: add appraise func=POLICY_CHECK"
                                    + " appraise_type=imasig"));
        }
        appraise.stream()
                .filter(signed.negate())
                .filter(rule -> rule.algorithms().isEmpty())
                .forEach(
                        rule ->
                                note(
                                        notes,
                                        rule,
                                        "a digest is enough, which root can set: add"
                                                + " appraise_type=imasig"));
    }

    /** A rule behind one of its kind that matches all that it matches decides nothing. */
    private static void unreachable(Policy policy, List<Note> notes) {
        for (int i = 0; i < policy.rules().size(); i++) {
            Rule later = policy.rules().get(i);
            for (Rule before : policy.rules().subList(0, i)) {
                if (covers(before, later)) {
                    note(notes, later, "never decides: line " + before.line() + " matches before");
                    break;
                }
            }
        }
    }

    private static boolean covers(Rule before, Rule later) {
        boolean sameKind = before.action().kind() == later.action().kind();
        boolean hooks =
                later.hook().isPresent()
                        ? before.concerns(later.hook().get())
                        : before.hook().isEmpty();
        boolean masks = before.mask().isEmpty() || before.mask().equals(later.mask());
        return sameKind && hooks && masks && before.unconditional();
    }

    private static void note(List<Note> notes, Rule rule, String message) {
        notes.add(new Note(rule.line(), message));
    }
}
