// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import attestation.tpm.TpmException.BadResponse;
import attestation.tpm.wire.PublicArea;
import attestation.tpm.wire.TpmReader;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Holds the signature of a quote against the AK's public key. A bit that flips on the way from the
 * TPM would else leave as evidence, and a verifier gives a host up for it.
 *
 * <p>Thread-safe.
 */
final class QuoteSignature {
    private final PublicKey key;
    private final String algorithm;

    /** Of RSAPSS: a TPM salts with as many bytes as fit, or in FIPS mode with those of a digest. */
    private final List<PSSParameterSpec> salts;

    /** Of a number in an ECDSA signature; 0 for RSA. */
    private final int fieldBytes;

    private QuoteSignature(
            PublicKey key, String algorithm, List<PSSParameterSpec> salts, int fieldBytes) {
        this.key = key;
        this.algorithm = algorithm;
        this.salts = salts;
        this.fieldBytes = fieldBytes;
    }

    /** For the key's only scheme; empty for one that this Java cannot verify. */
    static Optional<QuoteSignature> of(PublicArea ak) {
        Optional<SigningAlgorithm> scheme = SigningAlgorithm.ofTpmId(ak.scheme());
        Optional<HashAlgorithm> hash = HashAlgorithm.ofTpmId(ak.schemeHash());
        if (scheme.isEmpty() || hash.isEmpty()) {
            return Optional.empty();
        }
        try {
            QuoteSignature made = of(ak, scheme.get(), hash.get());
            made.verifier();
            return Optional.of(made);
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static QuoteSignature of(PublicArea ak, SigningAlgorithm scheme, HashAlgorithm hash)
            throws GeneralSecurityException {
        byte[] info = ak.subjectPublicKeyInfo().orElse(new byte[0]);
        PublicKey key =
                KeyFactory.getInstance(scheme.isRsa() ? "RSA" : "EC")
                        .generatePublic(new X509EncodedKeySpec(info));
        String digest = hash.jcaName().replace("-", "");
        return switch (scheme) {
            case RSASSA -> new QuoteSignature(key, digest + "withRSA", List.of(), 0);
            case RSAPSS -> new QuoteSignature(key, "RSASSA-PSS", salts(ak, hash), 0);
            case ECDSA ->
                    new QuoteSignature(
                            key, digest + "withECDSAinP1363Format", List.of(), fieldBytes(ak));
            case ECSCHNORR -> throw new NoSuchAlgorithmException(scheme.name());
        };
    }

    private static int fieldBytes(PublicArea ak) {
        return ak.key() instanceof PublicArea.Key.Ecc ecc
                ? PublicArea.fieldBytes(ecc.curveId())
                : 0;
    }

    private static List<PSSParameterSpec> salts(PublicArea ak, HashAlgorithm hash) {
        int bits = ak.key() instanceof PublicArea.Key.Rsa rsa ? rsa.bits() : 0;
        int most = bits / 8 - hash.size() - 2;
        return List.of(salt(hash, most), salt(hash, hash.size()));
    }

    private static PSSParameterSpec salt(HashAlgorithm hash, int bytes) {
        String name = hash.jcaName();
        return new PSSParameterSpec(name, "MGF1", new MGF1ParameterSpec(name), bytes, 1);
    }

    private Signature verifier() throws GeneralSecurityException {
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(key);
        return verifier;
    }

    /** Whether this key signed these very bytes. */
    boolean fits(Quote quote) {
        try {
            byte[] signature = flat(quote.signature());
            if (salts.isEmpty()) {
                return verifies(verifier(), quote.attest(), signature);
            }
            for (PSSParameterSpec salt : salts) {
                Signature verifier = verifier();
                verifier.setParameter(salt);
                if (verifies(verifier, quote.attest(), signature)) {
                    return true;
                }
            }
            return false;
        } catch (GeneralSecurityException | BadResponse e) {
            return false; // of another length, or a number too large
        }
    }

    private static boolean verifies(Signature verifier, byte[] signed, byte[] signature)
            throws GeneralSecurityException {
        verifier.update(signed);
        return verifier.verify(signature);
    }

    /** TPMT_SIGNATURE (Part 2 §11.3.4) as Java takes it: what RSA gives, or r and s of one size. */
    private byte[] flat(byte[] signature) throws BadResponse {
        TpmReader in = new TpmReader("TPMT_SIGNATURE", signature);
        in.u16();
        in.u16();
        if (fieldBytes == 0) {
            return in.sized();
        }
        byte[] flat = new byte[2 * fieldBytes];
        number(in, flat, fieldBytes);
        number(in, flat, 2 * fieldBytes);
        return flat;
    }

    private void number(TpmReader in, byte[] flat, int end) throws BadResponse {
        byte[] number = new BigInteger(1, in.sized()).toByteArray();
        byte[] bytes = number[0] == 0 ? Arrays.copyOfRange(number, 1, number.length) : number;
        if (bytes.length > fieldBytes) {
            throw in.bad("number of " + bytes.length + " bytes");
        }
        System.arraycopy(bytes, 0, flat, end - bytes.length, bytes.length);
    }
}
