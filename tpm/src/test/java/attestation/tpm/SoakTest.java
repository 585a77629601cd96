// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.fixtures.Swtpm;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;

/**
 * Many quotes with a TPM that is killed again and again: every one is right, nothing grows. {@code
 * -Dlong=true} for 100,000.
 */
class SoakTest {
    private static final int QUOTES = Boolean.getBoolean("long") ? 100_000 : 1_000;
    private static final int KILL_EVERY = 300;

    /** Of the test and the JVM together; a quote leaves 10 KB of garbage. */
    private static final long MOST_HEAP = 8 << 20;

    @Test
    void quotes_tpmKilledAgainAndAgain_noneIsWrongAndNothingGrows() throws Exception {
        try (Swtpm swtpm = Swtpm.builder().withoutEkCertificate().start()) {
            int kills;
            int threads;
            long heap;
            try (Tpm tpm = Given.tpm(swtpm)) {
                AttestationKey key = Given.warmAk(tpm);
                PublicKey publicKey =
                        KeyFactory.getInstance("EC")
                                .generatePublic(new X509EncodedKeySpec(key.subjectPublicKeyInfo()));
                long files = openFiles();
                threads = Thread.activeCount();
                heap = usedHeap();
                kills = run(swtpm, tpm, publicKey);
                long grown = usedHeap() - heap;
                System.out.printf(
                        "soak: %d quotes, %d kills, heap %+d KB, descriptors %+d, threads %+d%n",
                        QUOTES,
                        kills,
                        grown / 1024,
                        openFiles() - files,
                        Thread.activeCount() - threads);
                assertTrue(grown < MOST_HEAP, "the heap grew by " + grown + " bytes");
                assertTrue(openFiles() <= files + 2, "descriptors grew beyond " + files);
                assertEquals(threads, Thread.activeCount());
                assertEquals(Math.min(kills, 32), tpm.snapshot().resets().size());
                assertEquals(1, swtpm.transientHandles().size());
            }
            assertEquals((QUOTES - 1) / KILL_EVERY, kills);
            assertEquals(List.of(), swtpm.transientHandles());
            assertEquals(List.of(), swtpm.sessions());
        }
    }

    private static int run(Swtpm swtpm, Tpm tpm, PublicKey key) throws Exception {
        int kills = 0;
        for (int i = 1; i <= QUOTES; i++) {
            Quote quote = Given.quote(tpm, "quote " + i);
            assertArrayEquals(Given.bytes("quote " + i), quote.info().extraData());
            assertTrue(verifies(key, quote), "quote " + i);
            if (i % KILL_EVERY == 0 && i < QUOTES) {
                swtpm.kill();
                swtpm.restart();
                // a TPM that lost power while a DA-protected key was in use counts a failure
                swtpm.run("tpm2_dictionarylockout", "-c");
                kills++;
            }
        }
        return kills;
    }

    /** After a collection, in bytes. */
    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long openFiles() throws Exception {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    private static boolean verifies(PublicKey key, Quote quote) throws Exception {
        Signature verifier = Signature.getInstance("SHA256withECDSA");
        verifier.initVerify(key);
        verifier.update(quote.attest());
        return verifier.verify(der(quote.signature()));
    }

    /** TPMT_SIGNATURE of ECDSA as the JDK wants it. */
    private static byte[] der(byte[] signature) {
        ByteBuffer in = ByteBuffer.wrap(signature, 4, signature.length - 4);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < 2; i++) {
            byte[] number = new byte[in.getShort()];
            in.get(number);
            byte[] shortest = new BigInteger(1, number).toByteArray();
            body.write(2);
            body.write(shortest.length);
            body.writeBytes(shortest);
        }
        byte[] content = body.toByteArray();
        byte[] out = new byte[content.length + 2];
        out[0] = 0x30;
        out[1] = (byte) content.length;
        System.arraycopy(content, 0, out, 2, content.length);
        return out;
    }
}
