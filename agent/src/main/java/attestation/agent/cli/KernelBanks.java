// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.tpm.TpmAddress;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which banks the kernel knows, and so extends, as /sys/class/tpm shows it (Linux 5.12). */
final class KernelBanks {
    private static final Pattern DEVICE = Pattern.compile("/dev/tpm(?:rm)?([0-9]{1,4})");
    private static final String PREFIX = "pcr-";

    private KernelBanks() {}

    /** Hash names; empty where the kernel says nothing of that TPM, an emulator for example. */
    static Optional<List<String>> of(TpmAddress address, Path classDirectory) {
        return switch (address) {
            case TpmAddress.DefaultDevice _ -> in(classDirectory.resolve("tpm0"));
            case TpmAddress.Device device -> {
                Matcher matcher = DEVICE.matcher(device.path());
                yield matcher.matches()
                        ? in(classDirectory.resolve("tpm" + matcher.group(1)))
                        : Optional.empty();
            }
            case TpmAddress.SwtpmTcp _, TpmAddress.SwtpmUnix _ -> Optional.empty();
        };
    }

    private static Optional<List<String>> in(Path device) {
        List<String> banks = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(device, PREFIX + "*")) {
            found.forEach(
                    path -> {
                        String name = String.valueOf(path.getFileName());
                        banks.add(Terminal.escape(name.substring(PREFIX.length())));
                    });
        } catch (IOException e) {
            return Optional.empty(); // no such device or an older kernel: nothing is shown
        }
        Collections.sort(banks);
        return banks.isEmpty() ? Optional.empty() : Optional.of(banks);
    }
}
