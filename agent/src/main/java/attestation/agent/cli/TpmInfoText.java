// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.tpm.TpmInfo;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a TPM says of itself, for people. */
final class TpmInfoText {
    private static final int PCRS = 24;

    private final TpmInfo info;
    private final Optional<List<String>> kernel;
    private final StringBuilder out = new StringBuilder();

    /**
     * @param kernel banks that the kernel extends, where it says so
     */
    TpmInfoText(TpmInfo info, Optional<List<String>> kernel) {
        this.info = info;
        this.kernel = kernel;
    }

    String render() {
        maker();
        if (info.failure().isPresent()) {
            line("all else", "cannot be told in failure mode");
            return out.toString();
        }
        banks();
        line("algorithms", joined(info.algorithms()));
        line("curves", joined(info.curves()));
        certificates();
        handles();
        lockout();
        clock();
        return out.toString();
    }

    private void line(String name, String value) {
        out.append(String.format(Locale.ROOT, "%-16s  %s%n", name, value));
    }

    private void maker() {
        line("manufacturer", Terminal.escape(info.manufacturer()));
        line("model", Terminal.escape(info.vendorString()));
        line("firmware", Terminal.escape(info.firmware()));
        info.failure().ifPresentOrElse(this::failureMode, this::works);
    }

    private void failureMode(String reason) {
        line("health", "failure mode: " + Terminal.escape(reason));
    }

    private void works() {
        TpmInfo.Spec spec = info.spec();
        line(
                "specification",
                String.format(
                        Locale.ROOT,
                        "%s level %d revision %d.%02d of day %d of %d",
                        Terminal.escape(spec.family()),
                        spec.level(),
                        spec.revision() / 100,
                        spec.revision() % 100,
                        spec.dayOfYear(),
                        spec.year()));
        line("health", "ok");
    }

    private void banks() {
        info.banks().forEach(bank -> line("bank " + Terminal.escape(bank.name()), bank(bank)));
        if (kernel.isEmpty()) {
            line("kernel", "does not say which banks it extends");
        }
    }

    private String bank(TpmInfo.Bank bank) {
        String state = bank.active() ? "active, PCRs " + pcrs(bank.mask()) : "not active";
        return state
                + kernel.map(
                                names ->
                                        names.contains(bank.name())
                                                ? ", extended by the kernel"
                                                : bank.active()
                                                        ? ", not extended by the kernel"
                                                        : "")
                        .orElse("");
    }

    private static String pcrs(int mask) {
        return mask == (1 << PCRS) - 1
                ? "0-23"
                : IntStream.range(0, Integer.SIZE)
                        .filter(i -> (mask & 1 << i) != 0)
                        .mapToObj(String::valueOf)
                        .collect(Collectors.joining(","));
    }

    private void certificates() {
        if (info.certificates().isEmpty()) {
            line("ek certificate", "none in this TPM (its maker may publish it elsewhere)");
        }
        info.certificates().forEach(this::certificate);
        line("chain", info.chain().size() + " intermediate certificates in NV");
    }

    private void certificate(TpmInfo.EkCertificate found) {
        line(
                "ek certificate",
                String.format(
                        Locale.ROOT,
                        "0x%08x, template %s",
                        found.index(),
                        Terminal.escape(found.template())));
        found.bytes().flatMap(EkCertificateFacts::of).ifPresentOrElse(this::facts, this::noFacts);
        line("  matches the EK", matches(found.matches()));
        if (!found.note().isEmpty()) {
            line("  note", Terminal.escape(found.note()));
        }
    }

    private void facts(EkCertificateFacts facts) {
        line("  subject", facts.subject().isEmpty() ? "empty" : facts.subject());
        line("  issuer", facts.issuer());
        line("  valid", facts.notBefore() + " to " + facts.notAfter());
        line(
                "  encoding",
                facts.strictDer() ? "strict DER" : "not strict DER: strict readers refuse it");
    }

    private void noFacts() {
        line("  content", "cannot be read as a certificate");
    }

    private static String matches(Optional<Boolean> matches) {
        return matches.map(yes -> yes ? "yes" : "no: it is for another key")
                .orElse("cannot be told");
    }

    private void handles() {
        TpmInfo.Handles handles = info.handles();
        line("persistent", hex(handles.persistent()));
        line("loaded objects", hex(handles.transientObjects()));
        line("loaded sessions", hex(handles.loadedSessions()));
        line("saved sessions", hex(handles.savedSessions()));
        line("nv indices", hex(handles.nvIndices()));
    }

    private static String hex(List<Integer> handles) {
        return handles.isEmpty()
                ? "none"
                : handles.stream()
                        .map(handle -> "0x" + HexFormat.of().toHexDigits(handle))
                        .collect(Collectors.joining(" "));
    }

    private void lockout() {
        info.lockout().ifPresentOrElse(this::lockout, () -> line("lockout", "cannot be told"));
    }

    private void lockout(TpmInfo.Lockout lockout) {
        line(
                "lockout",
                String.format(
                        Locale.ROOT,
                        "%s, %d of %d failures count, one is forgiven after %d s, recovery %d s",
                        lockout.inLockout() ? "in lockout" : "no",
                        lockout.counter(),
                        lockout.maxTries(),
                        lockout.intervalSeconds(),
                        lockout.recoverySeconds()));
    }

    private void clock() {
        info.clock()
                .ifPresentOrElse(
                        clock -> {
                            line(
                                    "clock",
                                    Long.toUnsignedString(clock.clockMillis())
                                            + " ms powered"
                                            + (clock.safe() ? "" : ", may have gone back"));
                            line("resets", Integer.toUnsignedString(clock.resetCount()));
                            line("restarts", Integer.toUnsignedString(clock.restartCount()));
                        },
                        () -> line("clock", "cannot be read"));
    }

    private static String joined(List<String> names) {
        return Terminal.escape(String.join(" ", names));
    }
}
