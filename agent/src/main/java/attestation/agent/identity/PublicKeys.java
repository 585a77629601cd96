// SPDX-License-Identifier: Apache-2.0
package attestation.agent.identity;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

import java.io.IOException;
import java.security.PrivateKey;

/** The public half of a private key that came without it. */
final class PublicKeys {
    private PublicKeys() {}

    static SubjectPublicKeyInfo of(PrivateKey key) throws IdentityException {
        try {
            var secret = PrivateKeyFactory.createKey(PrivateKeyInfo.getInstance(key.getEncoded()));
            return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(publicHalf(secret));
        } catch (IOException e) {
            throw new IdentityException(
                    "server key: %s key without certificate (expected: RSA or EC)"
                            .formatted(key.getAlgorithm()),
                    e);
        }
    }

    private static AsymmetricKeyParameter publicHalf(AsymmetricKeyParameter secret)
            throws IOException {
        return switch (secret) {
            case RSAPrivateCrtKeyParameters rsa ->
                    new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent());
            case ECPrivateKeyParameters ec ->
                    new ECPublicKeyParameters(
                            new FixedPointCombMultiplier()
                                    .multiply(ec.getParameters().getG(), ec.getD()),
                            ec.getParameters());
            default -> throw new IOException("neither RSA nor EC");
        };
    }
}
