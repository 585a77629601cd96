// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.ima.HashAlgorithms;
import attestation.ima.SyntheticList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What following costs the kernel, which walks its list from the head for every read and seek: one
 * descriptor, read forward, sought once at most.
 */
class KernelCallsTest {
    private static final long FIRST = 2_000;

    @TempDir Path dir;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void growingList_isOpenedOnceNeverSoughtAndReadForWhatIsNew(boolean binary) throws IOException {
        KernelList kernel = kernel(binary);
        try (MeasurementFollower follower = open(kernel)) {
            drain(follower);
            KernelList.Calls whole = kernel.takeCalls();
            assertEquals(1, whole.opens());
            assertEquals(0, whole.seeks());
            assertTrue(whole.reads() <= 1 + 2 * pages(kernel), whole.toString());
            for (int i = 0; i < 20; i++) {
                kernel.grow(10);
                drain(follower);
                assertEquals(kernel.listed(), follower.view().entries());
            }
            KernelList.Calls grown = kernel.takeCalls();
            assertEquals(0, grown.opens() + grown.seeks(), grown.toString());
            assertTrue(grown.reads() <= 20 * 2, grown.toString());
        }
    }

    @Test
    void listThatDoesNotGrow_isNotRead() throws IOException {
        KernelList kernel = kernel(false);
        try (MeasurementFollower follower = open(kernel)) {
            drain(follower);
            kernel.takeCalls();
            for (int i = 0; i < 20; i++) {
                drain(follower);
            }
            assertEquals(new KernelList.Calls(0, 0, 0), kernel.takeCalls());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void restart_costsOneSeekAndWhatIsNew(boolean binary) throws IOException {
        KernelList kernel = kernel(binary);
        try (MeasurementFollower follower = open(kernel)) {
            drain(follower);
        }
        kernel.grow(10);
        kernel.takeCalls();
        try (MeasurementFollower follower = open(kernel)) {
            drain(follower);
            KernelList.Calls calls = kernel.takeCalls();
            assertEquals(kernel.listed(), follower.view().entries());
            assertEquals(1, calls.opens());
            assertEquals(1, calls.seeks());
            assertTrue(calls.reads() <= 3, calls.toString());
        }
    }

    /** Up to what is counted, as the daemon drains: it asks for no read that only finds the end. */
    private static void drain(MeasurementFollower follower) {
        follower.drain(follower.kernelCount().orElseThrow());
    }

    private static long pages(KernelList kernel) {
        return kernel.entries().ascii(0, kernel.listed()).length / 4096;
    }

    private KernelList kernel(boolean binary) throws IOException {
        KernelList kernel = new KernelList(dir, binary, false);
        kernel.boots(new SyntheticList("calls", true), FIRST);
        return kernel;
    }

    private MeasurementFollower open(KernelList kernel) {
        Path spool = dir.resolve(MeasurementFollower.SPOOL_FILE);
        FollowerSettings settings =
                new FollowerSettings(
                        kernel.path(),
                        Optional.empty(),
                        Optional.of(kernel.count()),
                        KeepOpen.AUTO,
                        dir,
                        Long.MAX_VALUE,
                        new BootIdentity("boot", OptionalLong.of(7)),
                        HashAlgorithms.standard(),
                        new TestClock());
        return MeasurementFollower.open(
                settings, new Disk(fresh -> ChannelSpoolFile.open(spool, fresh), kernel));
    }
}
