// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.Reading;
import attestation.ima.signature.FileVerifier;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whether packages bring signatures to files, and whether files have those still: an installation
 * without rpm's plugin, a restored backup and an image lose them.
 */
final class PackageChecks {
    private static final String SIGN = "agent ima sign --key KEY.pem FILE…";
    private static final String REPAIR =
            "dnf install rpm-plugin-ima, then ima-add-sigs, or dnf reinstall of the file's package";

    private static final String QUERY =
            "rpm -qf --qf '[%{FILENAMES}|%{FILESIGNATURES}\\n]' /usr/bin/bash";

    /** The plugin writes none whose first bytes are zero: its file was left out of the signing. */
    private static final Pattern SIGNATURE = Pattern.compile("(?!0{18})[0-9a-fA-F]{20,}");

    private PackageChecks() {}

    static Finding plugin(Host host) {
        if (host.distribution() != Distribution.RED_HAT) {
            return none();
        }
        return host.files().exists("/usr/lib64/rpm-plugins/ima.so")
                ? Finding.ok("/usr/lib64/rpm-plugins/ima.so is there")
                : Finding.warning(
                        "no /usr/lib64/rpm-plugins/ima.so: packages lose their signatures",
                        "dnf install rpm-plugin-ima, before reinstalling packages");
    }

    static Finding files(Host host) {
        if (host.distribution() != Distribution.RED_HAT) {
            return none();
        }
        try {
            List<String> samples = Samples.of(host);
            Reading said = host.packages().signatures(samples);
            return said instanceof Reading.Content content
                    ? compared(host, samples, signatures(content.text()))
                    : Finding.unknown("signatures in packages: " + said.whyNot(), QUERY);
        } catch (IOException e) {
            return Finding.unknown("samples of programs: " + e.getMessage(), "sudo agent doctor");
        }
    }

    private static Finding none() {
        return Finding.ok("packages of this distribution carry no signatures of files");
    }

    /** Of the files that their packages signed; names may hold a bar, signatures do not. */
    private static Map<String, String> signatures(String text) {
        Map<String, String> signatures = new HashMap<>();
        text.lines()
                .forEach(
                        line -> {
                            int bar = line.lastIndexOf('|');
                            String hex = line.substring(bar + 1);
                            if (bar > 0 && SIGNATURE.matcher(hex).matches()) {
                                signatures.put(
                                        line.substring(0, bar), hex.toLowerCase(Locale.ROOT));
                            }
                        });
        return signatures;
    }

    private static Finding compared(Host host, List<String> samples, Map<String, String> signatures)
            throws IOException {
        List<String> signed = samples.stream().filter(signatures::containsKey).toList();
        boolean asked = host.policy().filter(Appraised::programs).isPresent();
        if (signed.isEmpty()) {
            String seen = "no package signed any of " + samples.size() + " samples";
            return asked
                    ? Finding.warning(seen + ": the policy needs signatures of your own", SIGN)
                    : Finding.ok(seen + ", and no policy asks for it");
        }
        List<String> differing = new ArrayList<>();
        for (String name : signed) {
            difference(host, name, signatures.getOrDefault(name, "")).ifPresent(differing::add);
        }
        return judged(signed.size(), differing, asked);
    }

    private static Finding judged(int signed, List<String> differing, boolean asked) {
        if (differing.isEmpty()) {
            return Finding.ok(signed + " samples have the signatures that their packages brought");
        }
        String seen =
                "%d of %d samples lack the signature that their package brought: %s"
                        .formatted(differing.size(), signed, differing.getFirst());
        return asked ? Finding.problem(seen, REPAIR) : Finding.warning(seen, REPAIR);
    }

    /** What is wrong with a file's security.ima; empty when it is what the package says. */
    private static Optional<String> difference(Host host, String name, String packaged)
            throws IOException {
        Optional<byte[]> found = host.xattrs().get(host.files().at(name), FileVerifier.IMA);
        if (found.isEmpty()) {
            return Optional.of(name + " (no security.ima)");
        }
        boolean same = HexFormat.of().formatHex(found.get()).equals(packaged);
        return same ? Optional.empty() : Optional.of(name + " (another security.ima)");
    }
}
