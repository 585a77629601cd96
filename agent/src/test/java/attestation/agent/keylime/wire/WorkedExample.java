// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.wire;

import attestation.agent.evidence.Evidence;
import attestation.agent.evidence.ListSlice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A real quote with its list; see the README beside the files. */
public final class WorkedExample {
    private WorkedExample() {}

    public static byte[] bytes(String name) {
        try (var in =
                WorkedExample.class.getResourceAsStream("/attestation/agent/keylime/" + name)) {
            if (in == null) {
                throw new AssertionError("no test resource " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    public static SortedMap<Integer, byte[]> pcrs() {
        var pcrs = new TreeMap<Integer, byte[]>();
        pcrs.put(10, hex("754ecc5c6a12584b321b01c34d9a48014251e61e0d037603af66f3b568eedf09"));
        pcrs.put(16, hex("40627052f503ef2c96d22f52f8f1d201e72e7d217718ee6896d578c1f48b7d24"));
        return pcrs;
    }

    public static Evidence evidence(Optional<ListSlice> list, Optional<byte[]> bootLog) {
        return new Evidence(
                bytes("quote.attest"), bytes("quote.signature"), "sha256", pcrs(), list, bootLog);
    }

    public static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
