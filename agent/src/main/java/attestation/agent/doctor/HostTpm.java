// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.HostFiles;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of the kernel's TPMs, which it counts from 0.
 *
 * @param number as in {@code /dev/tpmrm0}
 */
public record HostTpm(int number) {
    private static final String ALL = "/sys/class/tpm";
    private static final Pattern FOLDER = Pattern.compile("tpm(\\d{1,5})");
    private static final Pattern DEVICE = Pattern.compile("/dev/tpm(?:rm)?(\\d{1,5})");

    /** The one that IMA extends: the kernel's first; number 0 where none can be seen. */
    static HostTpm first(HostFiles files) {
        try {
            return files.list(ALL).stream()
                    .map(FOLDER::matcher)
                    .filter(Matcher::matches)
                    .map(found -> Integer.valueOf(found.group(1)))
                    .min(Integer::compare)
                    .map(HostTpm::new)
                    .orElse(new HostTpm(0));
        } catch (IOException e) {
            return new HostTpm(0);
        }
    }

    /** The one behind a device; empty when the path is not one that the kernel gives. */
    public static Optional<HostTpm> ofDevice(String path) {
        Matcher matcher = DEVICE.matcher(path);
        return matcher.matches()
                ? Optional.of(new HostTpm(Integer.parseInt(matcher.group(1))))
                : Optional.empty();
    }

    /** What the kernel tells of it. */
    String folder() {
        return ALL + "/tpm" + number;
    }

    /** Its values of a bank's PCR, where Linux 5.12 and later shows them. */
    String pcr(String bank, int pcr) {
        return folder() + "/pcr-" + bank + "/" + pcr;
    }

    /** The way to it that the kernel keeps apart for each user. */
    String device() {
        return "/dev/tpmrm" + number;
    }
}
