// SPDX-License-Identifier: Apache-2.0
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Asks an agent for integrity quotes over mutual TLS and says how long the answers took. Only for
 * measuring: it takes whatever certificate the agent shows and does not verify what it gets.
 *
 * <p>Usage: {@code java Load.java PORT CERTIFICATE KEY REQUESTS CONNECTIONS FROM_ENTRY [fresh]};
 * fresh makes a new connection for each request. Prints one line of {@code name=value}; times in
 * ms.
 */
final class Load {
    private static final int WARM_UP = 20;

    private final int port;
    private final SSLContext tls;
    private final String path;
    private final boolean fresh;
    private final AtomicInteger left;
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger measured = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final long[] nanos;

    private Load(int port, SSLContext tls, int requests, long from, boolean fresh) {
        this.port = port;
        this.tls = tls;
        this.fresh = fresh;
        left = new AtomicInteger(requests);
        nanos = new long[requests];
        path = "/v2.2/quotes/integrity?nonce=%s&mask=0x400&partial=1&ima_ml_entry=" + from;
    }

    public static void main(String[] args) throws Exception {
        int connections = Integer.parseInt(args[4]);
        Load load =
                new Load(
                        Integer.parseInt(args[0]),
                        context(Path.of(args[1]), Path.of(args[2])),
                        Integer.parseInt(args[3]),
                        Long.parseLong(args[5]),
                        args.length > 6);
        load.warmUp();
        load.run(connections);
    }

    /** The client's own code is compiled by the JVM before anything counts. */
    private void warmUp() {
        Connection connection = new Connection();
        for (int i = 0; i < WARM_UP; i++) {
            connection.ask("warmup" + i);
        }
        connection.close();
        bytes.set(0);
    }

    private void run(int connections) throws InterruptedException {
        Thread[] threads = new Thread[connections];
        long start = System.nanoTime();
        for (int i = 0; i < connections; i++) {
            threads[i] = new Thread(this::work);
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        report(System.nanoTime() - start);
    }

    private void work() {
        Connection connection = new Connection();
        for (int n = left.decrementAndGet(); n >= 0; n = left.decrementAndGet()) {
            long start = System.nanoTime();
            if (connection.ask("nonce" + n)) {
                nanos[measured.getAndIncrement()] = System.nanoTime() - start;
            } else {
                failed.incrementAndGet();
            }
            if (fresh) {
                connection.close();
            }
        }
        connection.close();
    }

    private void report(long elapsed) {
        long[] times = Arrays.copyOf(nanos, measured.get());
        Arrays.sort(times);
        double p50 = times.length == 0 ? 0 : times[times.length / 2] / 1e6;
        double p99 = times.length == 0 ? 0 : times[(int) (times.length * 0.99)] / 1e6;
        System.out.printf(
                "p50=%.2f p99=%.2f rate=%.1f failed=%d bytes=%d%n",
                p50, p99, times.length * 1e9 / elapsed, failed.get(), bytes.get());
    }

    /** One connection, opened when it is first needed and after a failure. */
    private final class Connection {
        private SSLSocket socket;
        private InputStream in;

        boolean ask(String nonce) {
            try {
                open();
                String request =
                        "GET "
                                + path.formatted(nonce)
                                + " HTTP/1.1\r\nHost: 127.0.0.1:"
                                + port
                                + "\r\n\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                return readAnswer();
            } catch (IOException e) {
                close();
                return false;
            }
        }

        private void open() throws IOException {
            if (socket == null) {
                socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port);
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(65_000);
                in = new BufferedInputStream(socket.getInputStream(), 65_536);
            }
        }

        private boolean readAnswer() throws IOException {
            boolean good = line().contains(" 200 ");
            long length = -1;
            for (String header = line(); !header.isEmpty(); header = line()) {
                String lower = header.toLowerCase(java.util.Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Long.parseLong(lower.substring(15).strip());
                }
            }
            if (length >= 0) {
                in.skipNBytes(length);
                bytes.addAndGet(length);
            } else {
                readChunks();
            }
            return good;
        }

        private void readChunks() throws IOException {
            int length;
            do {
                length = Integer.parseInt(line(), 16);
                in.skipNBytes(length);
                bytes.addAndGet(length);
                line();
            } while (length > 0);
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0 || line.length() > 8192) {
                    throw new IOException("connection ended within a line");
                }
                line.append((char) c);
            }
            return line.toString().strip();
        }

        void close() {
            if (socket != null) {
                try {
                    socket.close();
                } catch (IOException e) {
                    failed.addAndGet(0); // it was to be closed anyway
                }
                socket = null;
            }
        }
    }

    private static SSLContext context(Path certificate, Path key) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "client", privateKey(key), new char[0], new Certificate[] {read(certificate)});
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), new TrustManager[] {new Anyone()}, null);
        return context;
    }

    private static X509Certificate read(Path file) throws Exception {
        try (InputStream in = new FileInputStream(file.toFile())) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static PrivateKey privateKey(Path file) throws Exception {
        String text = Files.readString(file).replaceAll("-----[A-Z ]+-----|\\s", "");
        return KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
    }

    /** For measuring on loopback only. */
    private static final class Anyone implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
