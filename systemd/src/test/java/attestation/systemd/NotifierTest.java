// SPDX-License-Identifier: Apache-2.0
package attestation.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class NotifierTest {

    @TempDir Path folder = Path.of("set by JUnit");

    private final List<NotifyFailure> failures = new ArrayList<>();

    private Notifier notifier(String socket) {
        return new Notifier(Map.of("NOTIFY_SOCKET", socket), System::nanoTime, failures::add);
    }

    private void tellsAll(String socket) {
        try (DatagramReceiver manager = new DatagramReceiver(socket);
                Notifier notifier = notifier(socket)) {
            notifier.ready("serving");
            assertEquals("READY=1\nSTATUS=serving", manager.next().text());
            notifier.status("é two\nlines");
            assertEquals("STATUS=é two\\nlines", manager.next().text());
            notifier.watchdog();
            assertEquals("WATCHDOG=1", manager.next().text());
            notifier.extendTimeout(Duration.ofSeconds(2));
            assertEquals("EXTEND_TIMEOUT_USEC=2000000", manager.next().text());
            notifier.stopping("bye");
            assertEquals("STOPPING=1\nSTATUS=bye", manager.next().text());
            assertEquals(List.of(), failures);
        }
    }

    @Test
    void messages_toAPath_arriveOnePerDatagram() {
        tellsAll(folder.resolve("notify").toString());
    }

    @Test
    void messages_toAnAbstractName_arriveOnePerDatagram() {
        tellsAll("@attestation-test/" + ProcessHandle.current().pid() + "/" + System.nanoTime());
    }

    @Test
    void abstractName_ofFullLength_isReached() {
        String start = "@" + System.nanoTime() + "-";
        tellsAll(start + "x".repeat(108 - start.length()));
    }

    @Test
    void reloading_carriesTheKernelsMonotonicTime() {
        String socket = folder.resolve("notify").toString();
        try (DatagramReceiver manager = new DatagramReceiver(socket);
                Notifier notifier = notifier(socket)) {
            notifier.status("before");
            long before = manager.next().arrivalMicros();
            notifier.reloading();
            DatagramReceiver.Datagram reloading = manager.next();
            String[] lines = reloading.text().split("\n", -1);
            assertEquals("RELOADING=1", lines[0]);
            long micros = Long.parseLong(lines[1].substring("MONOTONIC_USEC=".length()));
            assertTrue(micros >= before, micros + " before " + before);
            assertTrue(micros <= reloading.arrivalMicros(), micros + " after its arrival");
        }
    }

    @Test
    void status_long_isCutAndSaysSo() {
        String socket = folder.resolve("notify").toString();
        try (DatagramReceiver manager = new DatagramReceiver(socket);
                Notifier notifier = notifier(socket)) {
            notifier.status("x".repeat(700));
            assertEquals("STATUS=" + "x".repeat(500) + "… (200 more)", manager.next().text());
        }
    }

    @Test
    void environmentWithoutSocket_nothingIsTriedOrTold() {
        try (Notifier notifier = new Notifier(Map.of(), System::nanoTime, failures::add)) {
            assertFalse(notifier.isActive());
            notifier.ready("serving");
            notifier.reloading();
        }
        assertEquals(List.of(), failures);
    }

    @Test
    void nobodyListens_isToldOnceEach_andNeverThrown() {
        String socket = folder.resolve("nobody").toString();
        try (Notifier notifier = notifier(socket)) {
            notifier.ready("serving");
        }
        int noEntry = 2;
        assertEquals(
                List.of(new NotifyFailure("READY=1", socket, NotifyFailure.Kind.NOT_SENT, noEntry)),
                failures);
        assertEquals(
                "cannot tell the service manager READY=1 - NOTIFY_SOCKET=" + socket + " - errno 2",
                failures.getFirst().message());
    }

    @ParameterizedTest
    @ValueSource(strings = {"relative", "@", "/", "vsock:2:1234", "/long"})
    void address_thatIsNone_isToldAsSuch(String name) {
        String socket = name.equals("/long") ? "/" + "x".repeat(107) : name;
        try (Notifier notifier = notifier(socket)) {
            notifier.ready("serving");
        }
        assertEquals(NotifyFailure.Kind.BAD_ADDRESS, failures.getFirst().kind());
    }

    @Test
    void close_thenStatus_sendsNothing() {
        Notifier notifier = notifier(folder.resolve("nobody").toString());
        notifier.close();
        notifier.status("late");
        assertEquals(List.of(), failures);
    }
}
