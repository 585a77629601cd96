// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import java.util.LinkedHashMap;
import java.util.Map;

/** Where the TPM is, in the spelling of tpm2-tss (TCTI). */
public sealed interface TpmAddress {
    /** What parse takes, for error texts and manuals. */
    String SUPPORTED =
            "device:PATH, device, swtpm:host=HOST,port=PORT, swtpm:path=SOCKET (mssim: is read as"
                    + " swtpm:)";

    /** A character device. */
    record Device(String path) implements TpmAddress {
        @Override
        public String toString() {
            return "device:" + path;
        }
    }

    /**
     * {@code /dev/tpmrm0} where it exists when the connection is opened, else {@code /dev/tpm0}.
     */
    record DefaultDevice() implements TpmAddress {
        @Override
        public String toString() {
            return "device";
        }
    }

    /** The data port of swtpm; its control port is not used. */
    record SwtpmTcp(String host, int port) implements TpmAddress {
        @Override
        public String toString() {
            return "swtpm:host=" + host + ",port=" + port;
        }
    }

    /** The data socket of swtpm in the file system. */
    record SwtpmUnix(String path) implements TpmAddress {
        @Override
        public String toString() {
            return "swtpm:path=" + path;
        }
    }

    /** What the peer takes without a setting. */
    static TpmAddress defaultAddress() {
        return new DefaultDevice();
    }

    /**
     * Reads a TCTI spelling.
     *
     * @throws IllegalArgumentException naming what is supported
     */
    static TpmAddress parse(String text) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon);
        String rest = colon < 0 ? "" : text.substring(colon + 1);
        return switch (kind) {
            case "device" -> rest.isEmpty() ? new DefaultDevice() : device(text, rest);
            case "swtpm", "mssim" -> swtpm(text, options(text, rest));
            default -> throw bad(text, "unknown TCTI");
        };
    }

    private static TpmAddress device(String text, String path) {
        if (!path.startsWith("/")) {
            throw bad(text, "the device path is not absolute");
        }
        return new Device(path);
    }

    private static TpmAddress swtpm(String text, Map<String, String> options) {
        String path = options.remove("path");
        if (path != null) {
            if (!options.isEmpty() || !path.startsWith("/")) {
                throw bad(text, "path= takes one absolute path and nothing beside it");
            }
            return new SwtpmUnix(path);
        }
        String host = options.getOrDefault("host", "localhost");
        int port = port(text, options.getOrDefault("port", "2321"));
        options.remove("host");
        options.remove("port");
        if (!options.isEmpty() || host.isEmpty()) {
            throw bad(text, "unknown or empty option");
        }
        return new SwtpmTcp(host, port);
    }

    private static int port(String text, String digits) {
        if (!digits.matches("[0-9]{1,5}")) {
            throw bad(text, "port is not a number");
        }
        int port = Integer.parseInt(digits);
        if (port < 1 || port > 65535) {
            throw bad(text, "port is outside 1..65535");
        }
        return port;
    }

    private static Map<String, String> options(String text, String rest) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String option : rest.isEmpty() ? new String[0] : rest.split(",", -1)) {
            int equals = option.indexOf('=');
            if (equals < 1) {
                throw bad(text, "options are written name=value");
            }
            if (options.put(option.substring(0, equals), option.substring(equals + 1)) != null) {
                throw bad(text, "an option is given twice");
            }
        }
        return options;
    }

    private static IllegalArgumentException bad(String text, String why) {
        return new IllegalArgumentException(
                "TPM address: " + text + ": " + why + " (expected: " + SUPPORTED + ")");
    }
}
