// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Plays a verifier: asks an agent for evidence, or takes saved evidence, and says whether it holds.
 *
 * <p>Calls block; the instance may be used by any thread, by one at a time.
 */
public final class Verifier {
    private static final List<String> VERSIONS = List.of("2.6", "2.5", "2.4", "2.3", "2.2", "2.1");

    private final RandomGenerator random;

    /**
     * @param random where nonces come from; a {@link java.security.SecureRandom} but in tests
     */
    public Verifier(RandomGenerator random) {
        this.random = random;
    }

    /** Asks the agent and judges its answer; never throws for what the agent does. */
    public Report pull(VerifierOptions options) {
        Findings findings = new Findings();
        guarded(findings, () -> pull(options, findings));
        return findings.report(options.url().toString());
    }

    /**
     * Judges saved evidence.
     *
     * @param folders of one host, the oldest first; each goes on where the one before ended
     * @param akFile the AK that is trusted; without it the saved one is used, and nothing is ever
     *     verified
     * @param stateFile what was proven of this host before the first folder; read, never written
     */
    public Report saved(
            List<Path> folders, Optional<Path> akFile, Optional<Path> stateFile, Policy policy) {
        Findings findings = new Findings();
        guarded(
                findings,
                () -> {
                    findings.enter("set-up");
                    Optional<ProvenState> state =
                            stateFile.isPresent()
                                    ? ProvenState.read(stateFile.get())
                                    : Optional.empty();
                    for (Path folder : folders) {
                        state = saved(new EvidenceFolder(folder), akFile, policy, state, findings);
                    }
                });
        return findings.report(String.join(" ", folders.stream().map(Path::toString).toList()));
    }

    private interface Work {
        void run() throws RefutedException, UndecidedException, IOException;
    }

    private static void guarded(Findings findings, Work work) {
        try {
            work.run();
        } catch (RefutedException e) {
            findings.failed(String.valueOf(e.getMessage()));
        } catch (UndecidedException e) {
            findings.undecided(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            findings.undecided("reading or writing a file: " + Printable.text(e.toString()));
        }
    }

    private void pull(VerifierOptions options, Findings findings)
            throws RefutedException, UndecidedException, IOException {
        findings.enter("set-up");
        Session session = session(options);
        Path list = Files.createTempFile("agent-verify-", ".list");
        try (AgentClient client =
                new AgentClient(
                        options.url(), ClientTls.context(options.tls()), options.timeout())) {
            EvidenceCheck check = new EvidenceCheck(options.policy(), session.ak(), true, findings);
            String api = "/v" + version(client, findings) + "/quotes/integrity?";
            long from = options.from().orElse(session.nextLine());
            Evidence evidence = fetch(client, api, options, from, list, findings);
            EvidenceCheck.Proven proven = judged(check, evidence, session, findings);
            if (proven.askFromZero()) {
                evidence = fetch(client, api, options, 0, list, findings);
                proven = judged(check, evidence, session, findings);
            }
            keep(session, proven, findings);
        } finally {
            Files.deleteIfExists(list);
        }
    }

    /** What a pull begins with. */
    private record Session(
            VerifierOptions options,
            Optional<AttestationKey> ak,
            Optional<ProvenState> state,
            Optional<EvidenceFolder> save) {
        long nextLine() {
            return state.map(ProvenState::nextLine).orElse(0L);
        }
    }

    private static Session session(VerifierOptions options) throws UndecidedException {
        Optional<AttestationKey> ak =
                options.ak().isPresent()
                        ? Optional.of(AttestationKeyReader.read(options.ak().get()))
                        : Optional.empty();
        Optional<ProvenState> state =
                options.state().isPresent()
                        ? ProvenState.read(options.state().get())
                        : Optional.empty();
        if (options.state().isPresent() && ak.isEmpty()) {
            throw new UndecidedException("a state without an AK to trust; give --ak FILE");
        }
        if (ak.isPresent()) {
            sameHost(ak.get(), state);
        }
        Optional<EvidenceFolder> save = options.save().map(EvidenceFolder::new);
        if (save.isPresent()) {
            save.get().create();
        }
        return new Session(options, ak, state, save);
    }

    /** Judges, and saves evidence and report whatever comes out. */
    private static EvidenceCheck.Proven judged(
            EvidenceCheck check, Evidence evidence, Session session, Findings findings)
            throws RefutedException, IOException {
        try {
            return check.check(evidence, session.state());
        } catch (RefutedException e) {
            findings.failed(String.valueOf(e.getMessage()));
            return new EvidenceCheck.Proven(Optional.empty(), false);
        } finally {
            if (session.save().isPresent()) {
                session.save().get().save(evidence, session.ak());
                session.save()
                        .get()
                        .saveReport(findings.report(session.options().url().toString()));
            }
        }
    }

    private static void keep(Session session, EvidenceCheck.Proven proven, Findings findings)
            throws UndecidedException {
        Optional<Path> file = session.options().state();
        if (file.isPresent()
                && proven.state().isPresent()
                && findings.verdict() == Verdict.VERIFIED) {
            proven.state().get().write(file.get());
        }
    }

    private static String version(AgentClient client, Findings findings)
            throws RefutedException, UndecidedException {
        findings.enter("reach");
        List<String> served = client.get("/version", new AnswerReader(0)::versions);
        String version =
                VERSIONS.stream()
                        .filter(served::contains)
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new UndecidedException(
                                                "API versions: "
                                                        + Printable.text(served.toString())
                                                        + " (expected: one of "
                                                        + VERSIONS
                                                        + ")"));
        findings.ok("mutual TLS, API " + version);
        return version;
    }

    private Evidence fetch(
            AgentClient client,
            String api,
            VerifierOptions options,
            long from,
            Path list,
            Findings findings)
            throws RefutedException, UndecidedException {
        findings.enter("answer");
        QuoteRequest request =
                new QuoteRequest(Nonce.make(random), options.pcrs(), options.wantPubkey(), from);
        AnswerReader reader = new AnswerReader(options.maxListBytes());
        AgentAnswer answer =
                client.get(
                        api + request.query(),
                        body -> {
                            try (OutputStream sink =
                                    new BufferedOutputStream(Files.newOutputStream(list), 65536)) {
                                return reader.integrity(body, sink);
                            }
                        });
        Evidence evidence = Evidence.of(request, answer, list);
        findings.ok(summary(answer, request));
        return evidence;
    }

    private static String summary(AgentAnswer answer, QuoteRequest request) {
        return String.format(
                Locale.ROOT,
                "quote%s%s%s, asked from line %d",
                answer.pubkey().isPresent() ? ", payload key" : "",
                answer.hasList() ? ", list" : "",
                answer.bootLog().isPresent() ? ", boot log" : "",
                request.from());
    }

    private static Optional<ProvenState> saved(
            EvidenceFolder folder,
            Optional<Path> akFile,
            Policy policy,
            Optional<ProvenState> before,
            Findings findings)
            throws RefutedException, UndecidedException, IOException {
        findings.enter("set");
        Manifest manifest = Manifest.read(folder.path());
        try {
            EvidenceFolder.Saved saved = folder.load(manifest);
            findings.note(Printable.text(folder.path().toString()));
            AttestationKey ak = key(akFile, saved, findings);
            sameHost(ak, before);
            EvidenceCheck check =
                    new EvidenceCheck(policy, Optional.of(ak), akFile.isPresent(), findings);
            EvidenceCheck.Proven proven = check.check(saved.evidence(), before);
            whole(folder, manifest, findings);
            if (proven.askFromZero()) {
                findings.enter("list");
                findings.undecided("of another boot, and does not begin at entry 0");
            }
            return proven.state();
        } catch (NoSuchFileException e) {
            throw new RefutedException(
                    "saved set: a part is missing: " + Path.of(e.getFile()).getFileName());
        } catch (UndecidedException e) {
            // A damaged set is refuted, also where nothing else could be decided.
            whole(folder, manifest, findings);
            throw e;
        }
    }

    private static void sameHost(AttestationKey ak, Optional<ProvenState> before)
            throws UndecidedException {
        if (before.isPresent() && !before.get().ak().equals(ak.fingerprint())) {
            throw new UndecidedException(
                    "AK "
                            + ak.label()
                            + ": not the one that what was proven before belongs to; give what"
                            + " belongs to one host");
        }
    }

    private static void whole(EvidenceFolder folder, Manifest manifest, Findings findings)
            throws RefutedException, IOException {
        findings.enter("manifest");
        manifest.check(folder.path());
        findings.ok(manifest.size() + " files as they were saved");
    }

    private static AttestationKey key(
            Optional<Path> akFile, EvidenceFolder.Saved saved, Findings findings)
            throws RefutedException, UndecidedException {
        findings.enter("ak");
        if (akFile.isEmpty()) {
            return saved.ak()
                    .orElseThrow(
                            () ->
                                    new UndecidedException(
                                            "no AK was given and none was saved; give --ak FILE"));
        }
        AttestationKey given = AttestationKeyReader.read(akFile.get());
        if (saved.ak().isPresent() && !saved.ak().get().same(given)) {
            throw new RefutedException(
                    "AK of the set", saved.ak().get().label(), given.label() + " as given");
        }
        return given;
    }

    /** The address an agent listens on, from what a person types. */
    public static URI url(String text) {
        String full = text.contains("://") ? text : "https://" + text;
        URI url = URI.create(full.endsWith("/") ? full.substring(0, full.length() - 1) : full);
        boolean plain = url.getRawPath().isEmpty() && url.getRawQuery() == null;
        if (!"https".equals(url.getScheme()) || url.getHost() == null || !plain) {
            throw new IllegalArgumentException(
                    "url: " + Printable.text(text) + " (expected: https://host:port)");
        }
        return url;
    }
}
