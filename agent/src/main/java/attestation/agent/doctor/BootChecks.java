// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;

/** What the next boot runs with: the initramfs and its keys, the boot loader of IBM Z. */
final class BootChecks {
    private static final String GROUP = "next boot";
    private static final List<String> DRACUT =
            List.of("/etc/dracut.conf.d", "/usr/lib/dracut/dracut.conf.d");

    private BootChecks() {}

    static List<Check> all() {
        return List.of(
                new Check(GROUP, "dracut-module", false, BootChecks::dracut),
                new Check(GROUP, "initramfs", false, InitramfsCheck::find),
                new Check(GROUP, "zipl", false, BootChecks::zipl),
                new Check(GROUP, "next-boot", true, NextBoot::find));
    }

    /** Files of dracut's configuration that name module integrity. */
    static List<String> configured(Host host) throws IOException {
        List<String> files = new ArrayList<>(List.of("/etc/dracut.conf"));
        for (String folder : DRACUT) {
            host.files().list(folder).forEach(name -> files.add(folder + "/" + name));
        }
        files.removeIf(
                file ->
                        host.read(file)
                                .content()
                                .map(text -> text.lines().noneMatch(BootChecks::namesIntegrity))
                                .orElse(true));
        return files;
    }

    private static boolean namesIntegrity(String line) {
        return !line.strip().startsWith("#")
                && line.contains("add_dracutmodules")
                && line.matches(".*\\bintegrity\\b.*");
    }

    /** For the policy itself, or for what root runs before a unit could load the key. */
    static boolean keyNeededAtBoot(Host host) {
        return host.mustBeSigned().orElse(false)
                || (KeyChecks.needed(host) && host.policy().filter(Appraised::boot).isPresent());
    }

    private static Finding dracut(Host host) {
        boolean needed = keyNeededAtBoot(host);
        if (!host.files().exists("/usr/bin/dracut")) {
            return needed
                    ? Finding.problem(
                            "no dracut: the initramfs loads no key, but signatures are asked for",
                            host.distribution().choose("dnf install dracut", "apt install dracut"))
                    : Finding.ok("no dracut, and no key must be loaded at boot");
        }
        try {
            List<String> files = configured(host);
            if (!files.isEmpty()) {
                return Finding.ok("module integrity is configured in " + files.getFirst());
            }
            return needed
                    ? Finding.problem(
                            "module integrity is not configured, but signatures are asked for",
                            "echo 'add_dracutmodules+=\" integrity \"'"
                                    + " >/etc/dracut.conf.d/98-integrity.conf && dracut -f"
                                    + " --regenerate-all")
                    : Finding.ok("module integrity is not configured, and no key is needed");
        } catch (IOException e) {
            return Finding.unknown(
                    "dracut's configuration: " + e.getMessage(), "sudo agent doctor");
        }
    }

    private static Finding zipl(Host host) {
        if (!host.files().exists("/proc/sysinfo") && !host.files().exists("/boot/bootmap")) {
            return Finding.ok("not an IBM Z");
        }
        try {
            FileTime map = Files.getLastModifiedTime(host.files().at("/boot/bootmap"));
            for (String name : host.files().list("/boot")) {
                boolean newer =
                        name.startsWith("init")
                                && Files.getLastModifiedTime(host.files().at("/boot/" + name))
                                                .compareTo(map)
                                        > 0;
                if (newer) {
                    return Finding.problem(name + " is newer than /boot/bootmap", "zipl");
                }
            }
            return Finding.ok("/boot/bootmap is newer than every initramfs");
        } catch (IOException e) {
            return Finding.unknown("/boot/bootmap: " + e.getMessage(), "sudo agent doctor zipl");
        }
    }
}
