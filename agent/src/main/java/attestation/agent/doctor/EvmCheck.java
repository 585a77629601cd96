// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.Reading;
import attestation.ima.signature.FileVerifier;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** EVM: whether it is on, what it would deny, and whether this kernel outlives it. */
final class EvmCheck {
    private static final String SWITCH = "/sys/kernel/security/evm";

    private EvmCheck() {}

    static Finding find(Host host) {
        return switch (host.read(SWITCH)) {
            case Reading.Absent _ -> Finding.ok("this kernel has no EVM");
            case Reading.Unreadable bad ->
                    Finding.unknown(SWITCH + ": " + bad.reason(), "sudo agent doctor evm");
            case Reading.Content content -> judged(host, content.text().strip());
        };
    }

    private static Finding judged(Host host, String value) {
        if (!value.matches("\\d{1,10}")) {
            return Finding.unknown(
                    SWITCH + " is no number (expected: 0, or the sum of what is on)",
                    "cat " + SWITCH);
        }
        return value.equals("0") ? off(host) : on(host, value);
    }

    private static Finding off(Host host) {
        return Finding.ok("not in use" + (crashes(host) ? "; do not use it: " + crash() : ""));
    }

    private static Finding on(Host host, String value) {
        try {
            Optional<String> bare = unprotected(host);
            if (bare.isPresent()) {
                return Finding.problem(
                        "EVM is on (" + value + "), but " + bare.get() + " has no security.evm",
                        "boot with evm=fix, load the key, and write security.ima of each file"
                                + " again: evmctl ima_hash FILE, or agent ima sign --key"
                                + " KEY.pem FILE where it is signed");
            }
        } catch (IOException e) {
            return Finding.unknown("security.evm: " + e.getMessage(), "sudo agent doctor evm");
        }
        return crashes(host)
                ? Finding.problem(
                        "EVM is on (" + value + "): " + crash(),
                        KernelChecks.addArgument(host, "lsm=" + withoutBpf(host)) + ", then reboot")
                : Finding.ok("EVM is on (" + value + "), the samples have security.evm");
    }

    private static Optional<String> unprotected(Host host) throws IOException {
        for (String name : Samples.of(host)) {
            if (host.xattrs().get(host.files().at(name), FileVerifier.EVM).isEmpty()) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    /**
     * Before Linux 6.6 evm_inode_init_security takes the name of an attribute that LSM bpf leaves
     * empty; seen on Linux 6.1.
     */
    private static boolean crashes(Host host) {
        return host.kernel().atLeast(6, 6).equals(Optional.of(false))
                && Arrays.asList(modules(host)).contains("bpf");
    }

    private static String crash() {
        return "with LSM bpf Linux before 6.6 crashes at the next file that is made";
    }

    /** The kernel does not list integrity before Linux 6.9, and does not boot without it. */
    private static String withoutBpf(Host host) {
        Stream<String> others =
                Arrays.stream(modules(host))
                        .filter(name -> !List.of("bpf", "capability", "integrity").contains(name));
        return Stream.concat(others, Stream.of("integrity")).collect(Collectors.joining(","));
    }

    private static String[] modules(Host host) {
        return host.read("/sys/kernel/security/lsm").content().orElse("").strip().split(",");
    }
}
