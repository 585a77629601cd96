// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.queue;

import attestation.tpm.TpmSnapshot;

/** How long requests waited for their turn, second by second over a moving window. */
final class WaitWindow {
    private final long[] second;
    private final long[] count;
    private final long[] sumNanos;
    private final long[] maxNanos;

    WaitWindow(int seconds) {
        second = new long[seconds];
        count = new long[seconds];
        sumNanos = new long[seconds];
        maxNanos = new long[seconds];
    }

    void add(long epochSecond, long nanos) {
        int slot = (int) Math.floorMod(epochSecond, (long) second.length);
        if (second[slot] != epochSecond) {
            second[slot] = epochSecond;
            count[slot] = 0;
            sumNanos[slot] = 0;
            maxNanos[slot] = 0;
        }
        count[slot]++;
        sumNanos[slot] += nanos;
        maxNanos[slot] = Math.max(maxNanos[slot], nanos);
    }

    TpmSnapshot.Waits summary(long epochSecond) {
        long requests = 0;
        long sum = 0;
        long max = 0;
        for (int i = 0; i < second.length; i++) {
            if (second[i] > epochSecond - second.length && second[i] <= epochSecond) {
                requests += count[i];
                sum += sumNanos[i];
                max = Math.max(max, maxNanos[i]);
            }
        }
        double mean = requests == 0 ? 0 : sum / 1e6 / requests;
        return new TpmSnapshot.Waits(requests, mean, max / 1e6);
    }
}
