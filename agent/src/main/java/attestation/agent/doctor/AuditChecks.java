// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.Reading;
import attestation.ima.Display;
import attestation.ima.policy.Action;

import java.util.List;

/** IMA-audit: whether rules write records, and what was denied. */
final class AuditChecks {
    private static final String GROUP = "IMA-audit";
    private static final String LOG = "/var/log/audit/audit.log";
    private static final int MAX_SHOWN = 300;

    private AuditChecks() {}

    static List<Check> all() {
        return List.of(
                new Check(GROUP, "audit-rules", false, AuditChecks::rules),
                new Check(GROUP, "denials", false, AuditChecks::denials));
    }

    private static Finding rules(Host host) {
        boolean asked = host.policy().map(p -> p.does(Action.AUDIT)).orElse(false);
        if (!asked) {
            return Finding.ok("no audit rule in " + Host.POLICY);
        }
        boolean daemon = host.files().exists("/var/log/audit");
        return Finding.ok(
                "audit rules write records 1805 to " + (daemon ? LOG : "the kernel's messages"));
    }

    private static Finding denials(Host host) {
        Reading daemon = host.files().tail(LOG);
        Reading kernel = host.journal().kernel();
        if (daemon instanceof Reading.Unreadable || !readable(daemon, kernel)) {
            return Finding.unknown(
                    "audit records cannot be read: "
                            + (daemon instanceof Reading.Unreadable
                                    ? daemon.whyNot()
                                    : kernel.whyNot()),
                    "sudo agent doctor denials");
        }
        List<String> denied =
                (daemon.content().orElse("") + "\n" + kernel.content().orElse(""))
                        .lines()
                        .filter(AuditChecks::isDenial)
                        .toList();
        return denied.isEmpty()
                ? Finding.ok("nothing was denied" + extent(host, daemon))
                : Finding.warning(
                        denied.size() + counted(host) + shown(denied.getLast()),
                        "agent ima verify FILE says what is wrong with it");
    }

    /** Only the end of a long log is read. */
    private static String extent(Host host, Reading daemon) {
        return daemon.content().isPresent() && host.files().isLong(LOG)
                ? " in the last 4 MiB of " + LOG
                : "";
    }

    /** The kernel writes the same record of a file's use where it lets it pass. */
    private static String counted(Host host) {
        String lenient =
                AppraisalChecks.lenient(host)
                        .map(mode -> " (uses of files only recorded: ima_appraise=" + mode + ")")
                        .orElse("");
        return " denials" + lenient + ", the last: ";
    }

    private static boolean readable(Reading daemon, Reading kernel) {
        return daemon.content().isPresent() || kernel.content().isPresent();
    }

    /** Of a file's use by IMA, or of a change of what EVM protects. */
    private static boolean isDenial(String line) {
        boolean use = line.contains("type=1800") || line.contains("type=INTEGRITY_DATA");
        boolean change = line.contains("type=1801") || line.contains("type=INTEGRITY_METADATA");
        boolean appraised = use && line.contains("op=appraise_data");
        return (appraised || change) && line.contains("res=0");
    }

    /** A record, bounded and harmless for a terminal. */
    static String shown(String line) {
        String text = Display.escape(line.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
    }
}
