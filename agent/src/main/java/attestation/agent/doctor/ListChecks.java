// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.FileHashes;
import attestation.agent.integrity.Reading;
import attestation.ima.FastReplay;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The measurement list, and whether it replays to PCR 10. */
final class ListChecks {
    private static final String GROUP = "IMA-measurement";
    private static final String LIST = "binary_runtime_measurements";
    private static final long MANY = 50_000;
    private static final String AS_ROOT = "sudo agent doctor";

    private ListChecks() {}

    static List<Check> all() {
        return List.of(
                new Check(GROUP, "list-readable", true, host -> list(host, ListChecks::readable)),
                new Check(GROUP, "list-tpm", true, host -> list(host, f -> tpm(host, f))),
                new Check(GROUP, "list-hash", false, host -> list(host, f -> hash(host, f))),
                new Check(GROUP, "pcr-replay", true, ListChecks::replay),
                new Check(GROUP, "kexec", false, host -> list(host, f -> kexec(host, f))),
                new Check(GROUP, "staging", false, ListChecks::staging),
                new Check(GROUP, "measuring", true, ListChecks::measuring),
                new Check(GROUP, "violations", false, host -> list(host, ListChecks::violations)),
                new Check(GROUP, "list-size", false, ListChecks::size),
                new Check(GROUP, "names", false, host -> list(host, ListChecks::names)));
    }

    private interface Judge {
        Finding of(ListFacts facts);
    }

    private static Path path(Host host) throws IOException {
        return host.files().file(host.ima(LIST));
    }

    private static Finding list(Host host, Judge judge) {
        if (!host.files().exists(host.ima(LIST))) {
            return Finding.unknown(host.ima(LIST) + " is not there", "agent doctor kernel-ima");
        }
        try {
            return judge.of(ListFacts.of(path(host)));
        } catch (AccessDeniedException e) {
            return Finding.unknown(host.ima(LIST) + ": permission denied", AS_ROOT);
        } catch (IOException e) {
            return Finding.problem(
                    host.ima(LIST) + ": " + e.getMessage(), "agent ima show --live shows where");
        }
    }

    private static Finding readable(ListFacts facts) {
        return facts.entries > 0
                ? Finding.ok(facts.entries + " entries are readable")
                : Finding.problem(
                        "the list is empty (expected: boot_aggregate at least)",
                        "agent doctor kernel-ima");
    }

    private static Finding tpm(Host host, ListFacts facts) {
        if (facts.entries == 0) {
            return Finding.problem("the list is empty", "agent doctor kernel-ima");
        }
        if (!facts.firstIsBootAggregate || facts.first.isEmpty()) {
            return Finding.warning(
                    "the first entry is not boot_aggregate",
                    "agent doctor staging: was it trimmed?");
        }
        return facts.first.get().isZero()
                ? Finding.problem(
                        "boot_aggregate is zero: IMA found no TPM when it started, PCR 10 is never"
                                + " extended",
                        "use a kernel whose TPM driver is built in (CONFIG_TCG_TIS=y,"
                                + " CONFIG_TCG_CRB=y), enable the TPM in the firmware, reboot")
                : BootPcrs.compare(host, Objects.requireNonNull(facts.firstEntry));
    }

    private static Finding hash(Host host, ListFacts facts) {
        List<String> banks = TpmChecks.banks(host);
        if (facts.first.isEmpty() || banks.isEmpty()) {
            return Finding.unknown(
                    "no bank of a TPM is visible in " + host.tpm().folder(),
                    "agent doctor tpm-banks");
        }
        String name = facts.first.get().algorithm();
        return banks.contains(name)
                ? Finding.ok("IMA hashes with " + name + ", the TPM has " + banks)
                : Finding.warning(
                        "IMA hashes with " + name + ", the TPM has only " + banks,
                        KernelChecks.addArgument(host, "ima_hash=" + banks.getLast()));
    }

    private static Finding replay(Host host) {
        List<String> banks =
                TpmChecks.banks(host).stream().filter(FileHashes.all()::supports).toList();
        String bank = banks.contains("sha256") ? "sha256" : banks.isEmpty() ? "" : banks.getFirst();
        long listed = count(host, "runtime_measurements_count").orElse(0L);
        Reading value = host.read(host.tpm().pcr(bank, 10));
        if (value.content().isEmpty()) {
            return Finding.unknown(
                    "PCR 10 of the TPM cannot be read: " + value.whyNot(), "agent doctor tpm");
        }
        Optional<byte[]> pcr = value.content().flatMap(BootPcrs::parse);
        if (pcr.filter(bytes -> bytes.length == FileHashes.all().digest(bank).getDigestLength())
                .isEmpty()) {
            return Finding.unknown("PCR 10 is no value of bank " + bank, "agent doctor tpm");
        }
        try {
            var result =
                    new FastReplay(FileHashes.all())
                            .replay(path(host), List.of(bank), Map.of(bank, Map.of(10, pcr.get())));
            return replayed(bank, listed, result);
        } catch (AccessDeniedException e) {
            return Finding.unknown(host.ima(LIST) + ": permission denied", AS_ROOT);
        } catch (IOException | IllegalArgumentException e) {
            return Finding.unknown("cannot replay: " + e.getMessage(), "agent ima replay --live");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Finding.unknown("interrupted", "");
        }
    }

    /**
     * The count was read before the PCR and the list after it: the PCR must cover what was counted,
     * but for one entry that was listed and not yet extended, and may leave out what came later.
     */
    private static Finding replayed(String bank, long listed, FastReplay.Result result) {
        FastReplay.Bank replayed = Objects.requireNonNull(result.banks().get(bank));
        FastReplay.Agreement agreement = Objects.requireNonNull(replayed.agreements().get(10));
        long covered = agreement.lastEntries().orElse(-1);
        String what = bank + ":10 is the replay of " + covered + " of " + result.entries();
        if (covered >= Math.max(1, listed - 1)) {
            return Finding.ok(what + " entries");
        }
        if (covered > 0) {
            return Finding.problem(
                    what + " entries; the rest was listed but never extended",
                    "agent ima show --live from there on; dmesg | grep -i tpm; reboot");
        }
        return Finding.problem(
                bank + ":10 is no prefix of the " + result.entries() + " entries that are listed",
                "agent status names the cause (kexec, a TPM error, another writer of PCR 10, a"
                        + " trimmed list); a cold reboot starts anew");
    }

    private static Finding kexec(Host host, ListFacts facts) {
        if (facts.bootAggregates > 1) {
            return Finding.ok("booted by kexec, the list was carried over");
        }
        boolean loaded =
                host.read("/sys/kernel/kexec_loaded").content().filter("1\n"::equals).isPresent();
        Optional<String> carries = host.kernel().option("CONFIG_IMA_KEXEC");
        return loaded && !carries.equals(Optional.of("y"))
                ? Finding.warning(
                        "a kernel for kexec is loaded, and this one hands no list over"
                                + " (CONFIG_IMA_KEXEC)",
                        "reboot cold instead: kexec -u")
                : Finding.ok("no kexec since the cold boot is seen");
    }

    private static Finding staging(Host host) {
        if (!host.files().exists(host.ima(LIST))) {
            return Finding.unknown(host.ima(LIST) + " is not there", "agent doctor kernel-ima");
        }
        return host.files().exists(host.ima(LIST + "_staged"))
                ? Finding.warning(
                        "this kernel can trim its list (" + LIST + "_staged)",
                        "let only one program do it, and keep what it takes out")
                : Finding.ok("this kernel does not trim its list");
    }

    private static Finding measuring(Host host) {
        return count(host, "runtime_measurements_count")
                .map(
                        count ->
                                count > 1
                                        ? Finding.ok(count + " entries: something is measured")
                                        : Finding.problem(
                                                "only boot_aggregate is listed: no rule measures",
                                                KernelChecks.addArgument(host, "ima_policy=tcb")
                                                        + ", then reboot; or agent ima setup"
                                                        + " --policy FILE"))
                .orElseGet(() -> unreadable(host, "runtime_measurements_count"));
    }

    private static Finding violations(ListFacts facts) {
        return facts.violations == 0
                ? Finding.ok("none")
                : Finding.warning(
                        facts.violations
                                + " entries, such as "
                                + String.join(", ", facts.violators)
                                + ": written while they were measured",
                        "leave such files out of the policy (dont_measure by obj_type or fsuuid)");
    }

    private static Finding size(Host host) {
        return count(host, "runtime_measurements_count")
                .map(
                        count ->
                                count < MANY
                                        ? Finding.ok(count + " entries")
                                        : Finding.warning(
                                                count
                                                        + " entries (expected: below "
                                                        + MANY
                                                        + "): the policy is broad",
                                                "agent ima stats --live names the noisy"
                                                        + " directories; agent ima policy check "
                                                        + Host.POLICY))
                .orElseGet(() -> unreadable(host, "runtime_measurements_count"));
    }

    private static Finding names(ListFacts facts) {
        return facts.splitNames == 0
                ? Finding.ok("no newline in a name")
                : Finding.warning(
                        facts.splitNames + " names with a newline: someone tries to forge entries",
                        "agent ima show --live shows them");
    }

    private static Optional<Long> count(Host host, String file) {
        return host.read(host.ima(file))
                .content()
                .map(String::strip)
                .filter(text -> text.matches("\\d{1,18}"))
                .map(Long::valueOf);
    }

    private static Finding unreadable(Host host, String file) {
        return Finding.unknown(host.ima(file) + ": " + host.read(host.ima(file)).whyNot(), AS_ROOT);
    }
}
