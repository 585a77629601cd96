// SPDX-License-Identifier: Apache-2.0
package attestation.agent.sealed;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.util.SecretBytes;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;

/** A Tink keyset for AES-256-GCM, kept encrypted under a key of 32 bytes. */
final class Keyset {
    private static final byte[] LABEL =
            "attestation-agent keyset".getBytes(StandardCharsets.US_ASCII);

    private final KeysetHandle handle;

    private Keyset(KeysetHandle handle) {
        this.handle = handle;
    }

    static Keyset make() throws GeneralSecurityException {
        AeadConfig.register();
        return new Keyset(KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM));
    }

    static Keyset open(byte[] encrypted, byte[] kek) throws GeneralSecurityException {
        AeadConfig.register();
        return new Keyset(TinkProtoKeysetFormat.parseEncryptedKeyset(encrypted, aead(kek), LABEL));
    }

    byte[] encrypted(byte[] kek) throws GeneralSecurityException {
        return TinkProtoKeysetFormat.serializeEncryptedKeyset(handle, aead(kek), LABEL);
    }

    byte[] encrypt(byte[] content, byte[] label) throws GeneralSecurityException {
        return primitive(handle).encrypt(content, label);
    }

    byte[] decrypt(byte[] encrypted, byte[] label) throws GeneralSecurityException {
        return primitive(handle).decrypt(encrypted, label);
    }

    private static Aead primitive(KeysetHandle of) throws GeneralSecurityException {
        return of.getPrimitive(RegistryConfiguration.get(), Aead.class);
    }

    @AccessesPartialKey
    private static Aead aead(byte[] kek) throws GeneralSecurityException {
        AesGcmParameters parameters =
                AesGcmParameters.builder()
                        .setKeySizeBytes(KeyEncryptionKey.BYTES)
                        .setIvSizeBytes(12)
                        .setTagSizeBytes(16)
                        .setVariant(AesGcmParameters.Variant.NO_PREFIX)
                        .build();
        AesGcmKey key =
                AesGcmKey.builder()
                        .setParameters(parameters)
                        .setKeyBytes(SecretBytes.copyFrom(kek, InsecureSecretKeyAccess.get()))
                        .build();
        return primitive(
                KeysetHandle.newBuilder()
                        .addEntry(KeysetHandle.importKey(key).withRandomId().makePrimary())
                        .build());
    }
}
