// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.Reading;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;

/**
 * Whether the running kernel's initramfs is what its configuration says: where keys must be loaded
 * at boot, that it holds dracut's module integrity; else that nothing is newer than it.
 */
final class InitramfsCheck {
    private static final String REBUILD = "dracut -f --regenerate-all";

    private InitramfsCheck() {}

    static Finding find(Host host) {
        String release = host.kernel().release().orElse("");
        Optional<Path> image =
                List.of("/boot/initramfs-" + release + ".img", "/boot/initrd.img-" + release)
                        .stream()
                        .map(host.files()::at)
                        .filter(Files::exists)
                        .findFirst();
        if (image.isEmpty()) {
            return Finding.unknown(
                    "no initramfs of " + release + " in /boot", "sudo agent doctor initramfs");
        }
        try {
            Optional<String> newer = newer(host, Files.getLastModifiedTime(image.get()));
            if (newer.isPresent()) {
                return Finding.problem(newer.get() + " is newer than the initramfs", REBUILD);
            }
            return BootChecks.keyNeededAtBoot(host)
                    ? content(host.initramfs().modules(image.get()), name(image.get()))
                    : Finding.ok(name(image.get()) + " is newer than its configuration");
        } catch (IOException e) {
            return Finding.unknown("initramfs: " + e.getMessage(), "sudo agent doctor initramfs");
        }
    }

    private static String name(Path image) {
        return String.valueOf(image.getFileName());
    }

    private static Optional<String> newer(Host host, FileTime made) throws IOException {
        for (String file : BootChecks.configured(host)) {
            if (Files.getLastModifiedTime(host.files().at(file)).compareTo(made) > 0) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    private static Finding content(Reading modules, String image) {
        if (modules.content().isEmpty()) {
            return Finding.unknown(
                    "what is in " + image + ": " + modules.whyNot(), "sudo agent doctor initramfs");
        }
        List<String> listed =
                modules.content()
                        .get()
                        .lines()
                        .map(String::strip)
                        .dropWhile(line -> !line.equals("dracut modules:"))
                        .skip(1)
                        .takeWhile(line -> !line.startsWith("==="))
                        .toList();
        if (listed.isEmpty()) {
            return Finding.unknown(
                    image + " names no module: dracut did not make it, or it cannot be read",
                    "sudo agent doctor initramfs; " + REBUILD);
        }
        return listed.contains("integrity")
                ? Finding.ok(image + " has module integrity")
                : Finding.problem(
                        image + " has not module integrity, but keys must be loaded at boot",
                        REBUILD);
    }
}
