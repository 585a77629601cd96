// SPDX-License-Identifier: Apache-2.0
package attestation.agent.verify;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Optional;

/** Keys and numbers that must not pass whatever the signature says. */
final class SignatureCheckTest {
    private static final byte[] SIGNED = {1, 2, 3};

    private static KeyPair rsa(int bits, int exponent) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(new RSAKeyGenParameterSpec(bits, BigInteger.valueOf(exponent)));
        return generator.generateKeyPair();
    }

    private static void refused(KeyPair pair, TpmSignature signature, String words) {
        AttestationKey ak = new AttestationKey(pair.getPublic(), Optional.empty());
        RefutedException e =
                assertThrows(
                        RefutedException.class, () -> SignatureCheck.verify(ak, signature, SIGNED));
        assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "2048, 3, RSA exponent: 3",
        "2048, 17, RSA exponent: 17",
        "1024, 65537, RSA key bits"
    })
    void verify_weakRsaKey_isRefusedThoughItSigned(int bits, int exponent, String words)
            throws Exception {
        KeyPair pair = rsa(bits, exponent);
        QuoteBuilder quote = new QuoteBuilder(pair, "rsassa");
        refused(pair, TpmSignature.parse(quote.signature(SIGNED)), words);
    }

    /** Zero, the order and beyond: with a careless verifier such numbers sign everything. */
    @Test
    void verify_ecdsaNumbersOutOfRange_areRefused() {
        KeyPair pair = QuoteBuilder.ec("secp256r1");
        BigInteger order = ((ECPublicKey) pair.getPublic()).getParams().getOrder();
        BigInteger most = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);
        BigInteger[] numbers = {
            BigInteger.ZERO, BigInteger.ONE, order, order.add(BigInteger.ONE), most
        };
        for (BigInteger r : numbers) {
            for (BigInteger s : numbers) {
                refused(
                        pair,
                        new TpmSignature(SigningScheme.ECDSA, HashAlg.SHA256, bytes(r), bytes(s)),
                        "");
            }
        }
    }

    private static byte[] bytes(BigInteger number) {
        byte[] signed = number.toByteArray();
        return signed.length == 33 ? java.util.Arrays.copyOfRange(signed, 1, 33) : signed;
    }
}
