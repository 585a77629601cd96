// SPDX-License-Identifier: Apache-2.0
package attestation.ima.policy;

import attestation.ima.signature.KernelHash;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Names that rules may use and that the kernel looks up in its own tables. */
final class Templates {
    /** {@code hash_algo_name} of the kernel. */
    static final List<String> HASHES =
            Arrays.stream(KernelHash.values()).map(KernelHash::kernelName).toList();

    /** Both spellings are accepted, {@code lookup_template_desc}. */
    private static final Map<String, String> FORMATS =
            Map.of(
                    "ima", "d|n",
                    "ima-ng", "d-ng|n-ng",
                    "ima-sig", "d-ng|n-ng|sig",
                    "ima-ngv2", "d-ngv2|n-ng",
                    "ima-sigv2", "d-ngv2|n-ng|sig",
                    "ima-buf", "d-ng|n-ng|buf",
                    "ima-modsig", "d-ng|n-ng|sig|d-modsig|modsig",
                    "evm-sig",
                            "d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode");

    private Templates() {}

    static String check(String name) throws RefusedException {
        for (Map.Entry<String, String> known : FORMATS.entrySet()) {
            if (known.getKey().equals(name) || known.getValue().equals(name)) {
                return known.getKey();
            }
        }
        List<String> names = List.copyOf(new TreeMap<>(FORMATS).keySet());
        throw new RefusedException(
                "template: " + Shown.value(name) + " (expected: " + String.join(", ", names) + ")",
                name,
                names);
    }
}
