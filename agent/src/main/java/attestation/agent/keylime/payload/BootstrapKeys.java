// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime.payload;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.BiConsumer;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Finds K = U xor V among the parts that tenant and verifier sent, in any order. Thread-safe.
 *
 * <p>Keeps the last 8 of each and at most 4 MiB of payloads, so that a flood costs neither memory
 * nor time.
 */
public final class BootstrapKeys {
    private static final Logger LOG = LoggerFactory.getLogger(BootstrapKeys.class);
    private static final int MOST_PARTS = 8;
    private static final long MOST_PAYLOAD_BYTES = 4L * 1024 * 1024;
    private static final String HMAC = "HmacSHA384";

    /**
     * Part U.
     *
     * @param authTag HMAC-SHA-384 of the agent id under K
     */
    private record PartU(byte[] part, byte[] authTag, Optional<byte[]> payload) {
        long payloadBytes() {
            return payload.map(p -> p.length).orElse(0);
        }
    }

    private final byte[] agentId;
    private final BiConsumer<byte[], Optional<byte[]>> found;
    private final Deque<PartU> partsU = new ArrayDeque<>();
    private final Deque<byte[]> partsV = new ArrayDeque<>();
    private Optional<byte[]> key = Optional.empty();
    private boolean misfitTold;

    /**
     * @param found gets K and the payload that came with U, once for each match; must not block
     */
    BootstrapKeys(String agentId, BiConsumer<byte[], Optional<byte[]>> found) {
        this.agentId = agentId.getBytes(StandardCharsets.UTF_8);
        this.found = found;
    }

    /** Whether K or a part of it may have this length. */
    public static boolean isKeyLength(int bytes) {
        return bytes == 16 || bytes == 32;
    }

    /** Takes U from the tenant; returns whether K is known by it. */
    public synchronized boolean acceptU(byte[] part, byte[] authTag, Optional<byte[]> payload) {
        var fresh = new PartU(part, authTag, payload);
        for (byte[] v : partsV) {
            if (match(fresh, v)) {
                return true;
            }
        }
        partsU.addLast(fresh);
        while (partsU.size() > MOST_PARTS || tooMuchPayload()) {
            partsU.removeFirst();
        }
        return false;
    }

    /** Takes V from the verifier; returns whether K is known by it. */
    public synchronized boolean acceptV(byte[] part) {
        for (PartU u : partsU) {
            if (match(u, part)) {
                return true;
            }
        }
        partsV.addLast(part);
        if (partsV.size() > MOST_PARTS) {
            partsV.removeFirst();
        }
        tellMisfit();
        return false;
    }

    /** Once until a pair fits: whoever sends such parts may send many. */
    private void tellMisfit() {
        if (!partsU.isEmpty() && !misfitTold) {
            misfitTold = true;
            LOG.warn(
                    "payload key not known agent={} reason=\"{}\"",
                    new String(agentId, StandardCharsets.UTF_8),
                    missing());
        }
    }

    /** Why there is no K yet, and what to do, for people. */
    public synchronized String missing() {
        if (partsU.isEmpty()) {
            return "part U has not come from the tenant";
        }
        return partsV.isEmpty()
                ? "part V has not come from the verifier"
                : "the parts U and V that came do not belong together (expected: both of one enrolment of this agent id); add the host again";
    }

    private boolean tooMuchPayload() {
        long bytes = partsU.stream().mapToLong(PartU::payloadBytes).sum();
        return partsU.size() > 1 && bytes > MOST_PAYLOAD_BYTES;
    }

    private boolean match(PartU u, byte[] v) {
        if (u.part().length != v.length) {
            return false;
        }
        byte[] candidate = xor(u.part(), v);
        if (!MessageDigest.isEqual(hmac(candidate, agentId), u.authTag())) {
            return false;
        }
        key = Optional.of(candidate);
        misfitTold = false;
        partsU.clear();
        partsV.clear();
        found.accept(candidate, u.payload());
        return true;
    }

    private static byte[] xor(byte[] a, byte[] b) {
        byte[] result = a.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] ^= b[i];
        }
        return result;
    }

    /** Takes K as an earlier run of this agent left it, unless there is one already. */
    synchronized void restore(byte[] earlier) {
        if (key.isEmpty() && isKeyLength(earlier.length)) {
            key = Optional.of(earlier.clone());
        }
    }

    /** HMAC-SHA-384 of the challenge under K; empty while there is no K. */
    public synchronized Optional<byte[]> prove(String challenge) {
        return key.map(k -> hmac(k, challenge.getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            var mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }
}
