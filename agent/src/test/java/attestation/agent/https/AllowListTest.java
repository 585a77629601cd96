// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.agent.host.Deadline;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class AllowListTest {
    @TempDir static Path dir;
    private static Pki pki = new Pki(Path.of("/"));

    @BeforeAll
    static void makePki() throws Exception {
        pki = new Pki(dir);
        pki.ca("ca");
        pki.leaf(
                "v",
                "ca",
                "-days 30",
                "subjectAltName=DNS:Verifier.Example,IP:192.0.2.7,email:a@b.example,URI:spiffe://x/V");
    }

    private static Peer peer() throws Exception {
        return new Peer("192.0.2.7:1", Optional.of(pki.certificate("v")));
    }

    private static boolean allows(String entry, Right granted, Right asked) throws Exception {
        return new AllowList(Map.of(entry, Set.of(granted))).allows(peer(), asked);
    }

    @Test
    void allows_anyOfItsNames_onlyTheRightGiven() throws Exception {
        for (String name :
                Set.of(
                        "dns:verifier.example",
                        "dns:VERIFIER.example",
                        "ip:192.0.2.7",
                        "email:a@b.example",
                        "uri:spiffe://x/V")) {
            assertTrue(allows(name, Right.QUOTES, Right.QUOTES), name);
            assertFalse(allows(name, Right.QUOTES, Right.KEYS), name);
        }
    }

    @Test
    void allows_otherNameOrKindOrCase_isRefused() throws Exception {
        for (String name :
                Set.of(
                        "dns:other.example",
                        "dns:verifier",
                        "uri:spiffe://x/v",
                        "dns:192.0.2.7",
                        "sha256:" + "0".repeat(64))) {
            assertFalse(allows(name, Right.QUOTES, Right.QUOTES), name);
        }
        assertFalse(new AllowList(Map.of()).allows(peer(), Right.QUOTES));
        assertFalse(
                new AllowList(Map.of("dns:verifier.example", Set.of(Right.QUOTES)))
                        .allows(new Peer("x", Optional.empty()), Right.QUOTES));
    }

    @Test
    void allows_keyDigestAsOpensslComputesIt() throws Exception {
        pki.openssl("x509 -in " + pki.cert("v") + " -noout -pubkey -out " + pki.file("v.pub"));
        pki.openssl(
                "pkey -pubin -in " + pki.file("v.pub") + " -outform DER -out " + pki.file("v.der"));
        pki.openssl("dgst -sha256 -r -out " + pki.file("v.sum") + " " + pki.file("v.der"));
        String digest = java.nio.file.Files.readString(pki.file("v.sum")).substring(0, 64);
        assertTrue(allows("sha256:" + digest, Right.KEYS, Right.KEYS));
    }

    @Test
    void entry_ofUnknownForm_isNamed() {
        var e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new AllowList(Map.of("verifier\n", Set.of(Right.KEYS))));
        assertEquals(
                "allowed client: verifier\\n (expected: dns:NAME, ip:ADDRESS, email:ADDRESS,"
                        + " uri:URI or sha256:<64 hex digits of the key's digest>)",
                e.getMessage());
    }

    @Test
    void handler_withoutTheRight_isNotReached() throws Exception {
        AllowList list = new AllowList(Map.of("dns:verifier.example", Set.of(Right.QUOTES)));
        AuthorizedHandler handler =
                new AuthorizedHandler(
                        e -> TestServer.text("in"),
                        e ->
                                switch (e.path()) {
                                    case "/version" -> Optional.empty();
                                    case "/quotes" -> Optional.of(Right.QUOTES);
                                    default -> Optional.of(Right.KEYS);
                                },
                        () -> list,
                        TestServer.ERRORS);
        assertEquals(200, handler.handle(exchange("/version")).status());
        assertEquals(200, handler.handle(exchange("/quotes")).status());
        Answer.Whole refused = (Answer.Whole) handler.handle(exchange("/keys"));
        assertEquals(400, refused.status());
        assertTrue(
                new String(refused.body(), java.nio.charset.StandardCharsets.UTF_8)
                        .contains("client certificate CN=v: not allowed"));
    }

    private static Exchange exchange(String path) throws Exception {
        return new Exchange(
                "GET",
                path,
                Map.of(),
                Map.of(),
                new byte[0],
                peer(),
                Deadline.after(Duration.ofSeconds(1)));
    }
}
