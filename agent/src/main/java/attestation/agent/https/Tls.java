// SPDX-License-Identifier: Apache-2.0
package attestation.agent.https;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.SimpleKeyManagerFactory;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;

import org.jspecify.annotations.Nullable;

import java.security.KeyStore;
import java.time.Clock;
import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLException;

/**
 * One generation of TLS settings: what new connections get until the next reload.
 *
 * <p>Sessions are never resumed: a resumed one would skip the client's certificate. BoringSSL gets
 * neither tickets nor a cache; the JDK is told so by a life time that is longer than tickets may
 * have and by the property that {@link JdkTickets} sets; and {@link HandshakeWatch} refuses what
 * would slip through.
 */
final class Tls {
    private static final List<String> TLS12_CIPHERS =
            List.of(
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
    private static final List<String> TLS13_CIPHERS =
            List.of(
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_CHACHA20_POLY1305_SHA256");
    private static final int MAX_CLIENT_CHAIN_BYTES = 64 * 1024;

    private final ClientTrust trust;
    private final SslContext context;

    Tls(TlsMaterial material, TlsProvider provider, Clock clock) throws TlsMaterialException {
        this.trust = new ClientTrust(material.clientCas(), clock);
        try {
            this.context = boringSsl(provider) ? boringSsl(material, trust) : jdk(material, trust);
        } catch (SSLException e) {
            throw new TlsMaterialException(
                    "TLS cannot be set up with this key and certificate: " + e.getMessage(), e);
        }
    }

    private static boolean boringSsl(TlsProvider provider) throws TlsMaterialException {
        if (provider == TlsProvider.BORINGSSL && !OpenSsl.isAvailable()) {
            throw new TlsMaterialException(
                    "BoringSSL cannot be loaded; install its native library or use the JDK's TLS",
                    OpenSsl.unavailabilityCause());
        }
        return provider != TlsProvider.JDK && OpenSsl.isAvailable();
    }

    private static SslContext boringSsl(TlsMaterial material, ClientTrust trust)
            throws SSLException {
        var keys = new OpenSslCachingX509KeyManagerFactory(new OneKey(material));
        SslContext context =
                common(SslContextBuilder.forServer(keys), trust)
                        .sslProvider(SslProvider.OPENSSL_REFCNT)
                        .option(
                                OpenSslContextOption.MAX_CERTIFICATE_LIST_BYTES,
                                MAX_CLIENT_CHAIN_BYTES)
                        .build();
        ((OpenSslSessionContext) context.sessionContext()).setSessionCacheEnabled(false);
        return context;
    }

    private static SslContext jdk(TlsMaterial material, ClientTrust trust) throws SSLException {
        return JdkTickets.without(
                () ->
                        common(SslContextBuilder.forServer(new OneKey(material)), trust)
                                .sslProvider(SslProvider.JDK)
                                .sessionCacheSize(1)
                                .sessionTimeout(JdkTickets.LONGER_THAN_TICKETS_MAY_LIVE)
                                .build());
    }

    private static SslContextBuilder common(SslContextBuilder builder, ClientTrust trust) {
        List<String> ciphers = new java.util.ArrayList<>(TLS13_CIPHERS);
        ciphers.addAll(TLS12_CIPHERS);
        return builder.trustManager(trust)
                .clientAuth(ClientAuth.REQUIRE)
                .protocols("TLSv1.3", "TLSv1.2")
                .ciphers(ciphers, io.netty.handler.ssl.SupportedCipherSuiteFilter.INSTANCE);
    }

    ClientTrust trust() {
        return trust;
    }

    SslHandler newHandler(ByteBufAllocator allocator) {
        SslHandler handler = context.newHandler(allocator);
        if (handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
            // Netty switches tickets on for each engine, following a JDK-wide property
            SSL.setOptions(engine.sslPointer(), SSL.SSL_OP_NO_TICKET);
        }
        return handler;
    }

    /** Frees native memory once the last connection of this generation has gone. */
    void release() {
        ReferenceCountUtil.release(context);
    }

    /** The key manager as a factory, which is the form that BoringSSL's key cache takes. */
    private static final class OneKey extends SimpleKeyManagerFactory {
        private final TlsMaterial material;

        OneKey(TlsMaterial material) {
            this.material = material;
        }

        @Override
        protected void engineInit(@Nullable KeyStore keyStore, char @Nullable [] password) {}

        @Override
        protected void engineInit(ManagerFactoryParameters parameters) {}

        @Override
        protected KeyManager[] engineGetKeyManagers() {
            return new KeyManager[] {new ServerKeyManager(material)};
        }
    }
}
