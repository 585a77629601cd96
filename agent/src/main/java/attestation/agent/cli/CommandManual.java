// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

import java.time.LocalDate;
import java.util.Map;
import java.util.stream.Collectors;

/** The manual page agent(8), from the model of the command line. */
record CommandManual(LocalDate date) {
    private static final Map<String, String> FILES =
            Map.of(
                    "/etc/attestation-agent/agent.toml",
                    "The configuration, see agent.toml(5); snippets in agent.toml.d/*.toml beside it.",
                    "/var/lib/attestation-agent",
                    "Identity, keys, enrolment: kept across upgrades and removal, gone with a purge.",
                    "/var/lib/attestation-agent/secure",
                    "A tmpfs of its own for payloads and their keys.",
                    "/run/attestation-agent/agent.sock",
                    "The socket of agent status: HTTP with /status, /health, /metrics.",
                    "/usr/lib/attestation-agent/lib/own-files.sha256",
                    "Digests of all files of the package: a verifier's policy must know them.");

    String render(CommandLine agent) {
        Roff page = new Roff("AGENT", 8, date);
        page.heading("NAME");
        page.paragraph(
                "agent - proves to a remote verifier what this host runs, and checks such proof");
        page.heading("SYNOPSIS");
        page.paragraph("agent COMMAND [OPTIONS]");
        page.heading("DESCRIPTION");
        page.paragraph(
                "The daemon agent run follows the kernel's list of measured files (IMA), has it covered"
                        + " by quotes of the host's TPM 2.0, and serves both over mutual TLS as Keylime's"
                        + " agent does. The other commands show its state, check evidence independently,"
                        + " and look at lists and TPMs.");
        page.heading("COMMANDS");
        agent.getSubcommands().values().forEach(command -> describe(page, command));
        page.heading("EXIT STATUS");
        exitCodes(page, agent.getCommandSpec());
        page.heading("SIGNALS");
        page.item("SIGTERM", "Ends the daemon after the requests in flight.");
        page.item("SIGHUP", "Certificates, CAs and log level are read again.");
        payloadScripts(page);
        page.heading("FILES");
        FILES.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(file -> page.item(file.getKey(), file.getValue()));
        page.heading("SEE ALSO");
        page.paragraph("agent.toml(5), systemctl(1), journalctl(1)");
        return page.render();
    }

    private static void payloadScripts(Roff page) {
        page.heading("PAYLOAD SCRIPTS");
        page.paragraph(
                "The unit lets the agent start no program: a payload's script and revocation actions do"
                        + " not run, and the journal says so. Where they are wanted, whoever may deliver"
                        + " a payload may run commands on this host. Then:");
        page.verbatim(
                """
                mkdir -p /etc/systemd/system/attestation-agent.service.d
                cp /usr/share/attestation-agent/payload-scripts.conf /etc/systemd/system/attestation-agent.service.d/
                printf 'payload.enabled = true\n' >/etc/attestation-agent/agent.toml.d/payload.toml
                systemctl daemon-reload && systemctl restart attestation-agent""");
        page.paragraph(
                "Each runs in attestation-agent-payload@.service: as the user attestation-payload, which"
                        + " exists only meanwhile, with a copy of the payload in memory in place of the"
                        + " agent's state and keys, without any capability, and with nothing but /tmp to"
                        + " write to beside. What it needs beyond that is given with systemctl edit"
                        + " attestation-agent-payload@.service. Its output and exit status are in"
                        + " journalctl -t attestation-agent-payload; after the time-out, and when the"
                        + " agent ends, all that it started is killed. To end it: remove the drop-in,"
                        + " daemon-reload, restart.");
    }

    private static void describe(Roff page, CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        if (spec.usageMessage().hidden()) {
            return;
        }
        page.subheading(synopsis(spec));
        page.paragraph(text(spec.usageMessage().description()));
        spec.positionalParameters().forEach(parameter -> describe(page, parameter));
        spec.options().stream().filter(option -> !option.hidden()).forEach(o -> describe(page, o));
        if (!spec.usageMessage().exitCodeList().isEmpty()) {
            page.paragraph("Exit codes:");
            exitCodes(page, spec);
        }
        if (spec.usageMessage().footer().length > 0) {
            page.paragraph("For example:");
            page.verbatim(String.join("\n", spec.usageMessage().footer()));
        }
        command.getSubcommands().values().forEach(below -> describe(page, below));
    }

    private static String synopsis(CommandSpec spec) {
        String parameters =
                spec.positionalParameters().stream()
                        .map(parameter -> " " + parameter.paramLabel())
                        .collect(Collectors.joining());
        return spec.qualifiedName() + parameters;
    }

    private static void describe(Roff page, PositionalParamSpec parameter) {
        page.item(parameter.paramLabel(), description(parameter));
    }

    private static void describe(Roff page, OptionSpec option) {
        String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        page.item(String.join(", ", option.names()) + value, description(option));
    }

    private static String description(ArgSpec argument) {
        String standard = argument.defaultValue() == null ? "" : argument.defaultValue();
        return text(argument.description()).replace("${DEFAULT-VALUE}", standard);
    }

    private static void exitCodes(Roff page, CommandSpec spec) {
        spec.usageMessage().exitCodeList().forEach(page::item);
    }

    private static String text(String... lines) {
        return String.join("\n", lines);
    }
}
