// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import org.jspecify.annotations.Nullable;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Hash functions by the kernel's names; immutable, so it may be shared between threads.
 *
 * <p>The JDK has sha1, sha256, sha384, sha512 and the sha3 family; others, such as sm3_256, come
 * from the function given to {@link #with}.
 */
public final class HashAlgorithms {
    private static final Map<String, String> JDK_NAMES =
            Map.of(
                    "sha1", "SHA-1",
                    "sha224", "SHA-224",
                    "sha256", "SHA-256",
                    "sha384", "SHA-384",
                    "sha512", "SHA-512",
                    "sha3_256", "SHA3-256",
                    "sha3_384", "SHA3-384",
                    "sha3_512", "SHA3-512");

    /** A TPM bank, and the size of its digests in bytes. */
    private record Bank(String name, int size) {}

    private static final List<Bank> BANKS =
            List.of(
                    new Bank("sha1", 20),
                    new Bank("sha256", 32),
                    new Bank("sm3_256", 32),
                    new Bank("sha3_256", 32),
                    new Bank("sha384", 48),
                    new Bank("sha3_384", 48),
                    new Bank("sha512", 64),
                    new Bank("sha3_512", 64));

    private static final HashAlgorithms STANDARD = new HashAlgorithms(name -> null);

    private final Function<String, @Nullable MessageDigest> others;

    private HashAlgorithms(Function<String, @Nullable MessageDigest> others) {
        this.others = others;
    }

    /** What the JDK has. */
    public static HashAlgorithms standard() {
        return STANDARD;
    }

    /**
     * The JDK's, and what {@code others} gives for a name the JDK does not know.
     *
     * @param others a new digest for a name such as {@code sm3_256}, null when it has none
     */
    public static HashAlgorithms with(Function<String, @Nullable MessageDigest> others) {
        return new HashAlgorithms(others);
    }

    /** The one spelling used here: {@code sm3}, {@code sm3-256} and {@code SM3_256} are sm3_256. */
    public static String canonical(String name) {
        String lower = name.toLowerCase(java.util.Locale.ROOT).replace('-', '_');
        return switch (lower) {
            case "sm3" -> "sm3_256";
            case "sha_1", "sha_256", "sha_384", "sha_512" -> lower.replace("_", "");
            default -> lower;
        };
    }

    /**
     * A new digest for this hash.
     *
     * @throws IllegalArgumentException when neither the JDK nor the given function has it
     */
    public MessageDigest digest(String kernelName) {
        MessageDigest digest = find(kernelName);
        if (digest == null) {
            throw new IllegalArgumentException(
                    "hash algorithm: "
                            + Display.escape(kernelName)
                            + " (expected: one of "
                            + BANKS.stream().map(Bank::name).toList()
                            + " that is installed)");
        }
        return digest;
    }

    /** Whether {@link #digest} has it. */
    public boolean supports(String kernelName) {
        return find(kernelName) != null;
    }

    /** Names of the TPM banks whose digests have this size and which can be computed here. */
    List<String> ofSize(int digestBytes) {
        return BANKS.stream()
                .filter(bank -> bank.size() == digestBytes)
                .map(Bank::name)
                .filter(this::supports)
                .toList();
    }

    private @Nullable MessageDigest find(String kernelName) {
        String name = canonical(kernelName);
        String jdkName = JDK_NAMES.get(name);
        if (jdkName == null) {
            return others.apply(name);
        }
        try {
            return MessageDigest.getInstance(jdkName);
        } catch (NoSuchAlgorithmException e) {
            return null;
        }
    }
}
