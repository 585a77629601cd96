// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import attestation.ima.HashAlgorithms;
import attestation.ima.ImaFolder;
import attestation.ima.SyntheticList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

class MeasurementFollowerTest {
    @TempDir Path dir;

    private final SyntheticList list = new SyntheticList("f", false);

    static Stream<Arguments> lists() {
        return ImaFolder.all().flatMap(f -> f.lists().stream().map(name -> Arguments.of(f, name)));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void view_anyRecordedList_isTheKernelsText_alsoAfterARestart(ImaFolder folder, String name)
            throws IOException {
        Files.write(path(), folder.bytes(name));
        for (int run = 0; run < 2; run++) {
            try (MeasurementFollower follower = open()) {
                follower.drain();
                assertArrayEquals(folder.ascii(), Views.text(follower.view()));
                assertEquals(folder.violations(), follower.statistics().violations());
                List<Notice.Kind> kinds =
                        follower.takeNotices().stream().map(Notice::kind).toList();
                assertEquals(run == 0 ? List.of() : List.of(Notice.Kind.RESUMED), kinds);
            }
        }
    }

    @Test
    void drain_noList_saysSoAndRecovers() throws IOException {
        try (MeasurementFollower follower = open()) {
            assertEquals(FollowState.Kind.ABSENT, follower.drain().state().kind());
            Files.write(path(), list.ascii(0, 5));

            assertEquals(5, follower.drain().added());
            assertEquals(FollowState.Kind.FOLLOWING, follower.statistics().state().kind());
        }
    }

    @Test
    void drain_directoryInsteadOfAList_isUnreadable() throws IOException {
        Files.createDirectory(path());
        try (MeasurementFollower follower = open()) {
            assertEquals(FollowState.Kind.UNREADABLE, follower.drain().state().kind());
        }
    }

    @Test
    void drain_untilACount_readsNoFarther() throws IOException {
        Files.write(path(), list.ascii(0, 20_000));
        try (MeasurementFollower follower = open()) {
            Progress progress = follower.drain(10);
            assertTrue(progress.entries() >= 10 && progress.entries() < 2_000, progress.toString());
        }
    }

    @Test
    void drain_withinABudget_comesBackForMore() throws IOException {
        Files.write(path(), list.ascii(0, 20_000));
        try (MeasurementFollower follower = open()) {
            assertTrue(follower.drain(Long.MAX_VALUE, 1000).more());
            assertFalse(follower.drain(Long.MAX_VALUE, Long.MAX_VALUE).more());
            assertEquals(20_000, follower.view().entries());
        }
    }

    @Test
    void drain_changedEntry_isBrokenAndServesWhatStoodBefore() throws IOException {
        byte[] bytes = list.ascii(0, 10);
        bytes[list.ascii(0, 7).length + 5] ^= 1;
        Files.write(path(), bytes);
        try (MeasurementFollower follower = open()) {
            Progress progress = follower.drain();
            assertEquals(FollowState.Kind.BROKEN, progress.state().kind());
            assertTrue(
                    progress.state().reason().contains("ima entry 7"), progress.state().reason());
            assertEquals(7, follower.view().entries());
            assertEquals(FollowState.Kind.BROKEN, follower.drain().state().kind());
        }
    }

    @Test
    void open_spoolOfAnotherBoot_isNotUsed() throws IOException {
        Files.write(path(), list.ascii(0, 5));
        try (MeasurementFollower follower = open()) {
            follower.drain();
        }
        FollowerSettings other = settings(new BootIdentity("boot", OptionalLong.of(2)));
        try (MeasurementFollower follower = MeasurementFollower.open(other)) {
            follower.drain();
            assertEquals(Notice.Kind.REBUILT, follower.takeNotices().getFirst().kind());
            assertEquals(5, follower.view().entries());
        }
    }

    @Test
    void open_spoolWhoseContentIsAnotherLists_isDroppedBecauseTheListDisagrees()
            throws IOException {
        Files.write(path(), new SyntheticList("other", false).ascii(0, 9));
        try (MeasurementFollower follower = open()) {
            follower.drain();
        }
        Files.write(path(), list.ascii(0, 20));
        try (MeasurementFollower follower = open()) {
            follower.drain();
            assertArrayEquals(list.ascii(0, 20), Views.text(follower.view()));
        }
    }

    @Test
    void spoolFile_ofAnyUmask_isPrivate() throws IOException {
        Files.write(path(), list.ascii(0, 5));
        try (MeasurementFollower follower = open()) {
            follower.drain();
            Path spool = dir.resolve(MeasurementFollower.SPOOL_FILE);
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(spool)));
        }
    }

    @Test
    void oldView_afterTheListWasReplaced_isStillReadable() throws IOException {
        Files.write(path(), list.ascii(0, 50));
        try (MeasurementFollower follower = open()) {
            follower.drain();
            LogView old = follower.view();
            Files.write(path(), new SyntheticList("new", false).ascii(0, 5));
            follower.drain();

            assertEquals(5, follower.view().entries());
            assertTrue(follower.view().incarnation() > old.incarnation());
            assertArrayEquals(list.ascii(0, 50), Views.text(old));
        }
    }

    @Test
    void drain_fromASecondThread_isRefused() throws IOException {
        Files.write(path(), list.ascii(0, 5));
        try (MeasurementFollower follower = open()) {
            follower.drain();
            CompletableFuture<Progress> other = CompletableFuture.supplyAsync(follower::drain);
            ExecutionException e = assertThrows(ExecutionException.class, other::get);
            assertInstanceOf(IllegalStateException.class, e.getCause());
        }
    }

    @Test
    void read_interruptedReader_leavesOthersTheirSpool() throws Exception {
        Files.write(path(), list.ascii(0, 500));
        try (MeasurementFollower follower = open()) {
            follower.drain();
            Slice slice = follower.view().slice(0, follower.view().lines());
            Thread reader =
                    new Thread(
                            () -> {
                                Thread.currentThread().interrupt();
                                assertThrows(
                                        IOException.class,
                                        () -> slice.read(0, ByteBuffer.allocate(10)));
                            });
            reader.start();
            reader.join();

            assertArrayEquals(list.ascii(0, 500), Views.text(slice));
            Files.write(path(), list.ascii(500, 600), StandardOpenOption.APPEND);
            follower.drain();
            assertArrayEquals(list.ascii(0, 600), Views.text(follower.view()));
        }
    }

    @Test
    void needsEscaping_plainList_isFalse() throws IOException {
        Files.write(path(), new SyntheticList("plain", true).ascii(0, 5000));
        try (MeasurementFollower follower = open()) {
            follower.drain();
            assertFalse(follower.view().slice(0, 5000).needsEscaping());
        }
    }

    @Test
    void slice_outsideOfTheView_isRefused() throws IOException {
        Files.write(path(), list.ascii(0, 5));
        try (MeasurementFollower follower = open()) {
            follower.drain();
            LogView view = follower.view();
            assertThrows(IndexOutOfBoundsException.class, () -> view.slice(0, view.lines() + 1));
            assertThrows(IndexOutOfBoundsException.class, () -> view.lineOfEntry(6));
            assertEquals(0, view.slice(view.lines(), view.lines()).bytes());
        }
    }

    private MeasurementFollower open() {
        return MeasurementFollower.open(settings(new BootIdentity("boot", OptionalLong.of(1))));
    }

    private FollowerSettings settings(BootIdentity boot) {
        return new FollowerSettings(
                path(),
                Optional.empty(),
                Optional.empty(),
                KeepOpen.AUTO,
                dir,
                Long.MAX_VALUE,
                boot,
                HashAlgorithms.standard(),
                new TestClock());
    }

    private Path path() {
        return dir.resolve("list");
    }
}
