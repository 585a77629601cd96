// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.tss;

import attestation.tpm.ClockInfo;
import attestation.tpm.TpmException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A session has no Name by which it could be known again, so those that are open are written down:
 * from the TPM's answer that gave one until just before it is flushed. What stands there when a run
 * begins, and was written since the TPM's last reset, is what a killed run of ours left.
 *
 * <p>Only for a TPM without resource manager, and only where a file was named. A note that cannot
 * be written is no reason to fail: it would only leave a session in the TPM until its next reset.
 */
final class SessionNotes {
    private static final int MAX_BYTES = 1024;
    private static final int LOADED_SESSIONS = 0x02000000;
    private static final HexFormat HEX = HexFormat.of();

    /** Compiled only where something was left. */
    private static final class Form {
        static final Pattern NOTE =
                Pattern.compile(
                        "(resets=[0-9a-f]{8} restarts=[0-9a-f]{8}) sessions=([0-9a-f,]+)\n");
        static final Pattern HANDLE = Pattern.compile("0[23][0-9a-f]{6}");
    }

    private final Optional<Path> file;
    private final SortedSet<Integer> open = new TreeSet<>();
    private String boot = "";

    SessionNotes(Optional<Path> file) {
        this.file = file;
    }

    /**
     * Flushes what a former run left since the TPM's last reset; from now on sessions are noted.
     *
     * @param now the TPM's clock
     */
    void flushLeft(Engine engine, ClockInfo now) throws TpmException {
        if (engine.managed()) {
            return;
        }
        boot = "resets=" + HEX.toHexDigits(now.resetCount());
        boot += " restarts=" + HEX.toHexDigits(now.restartCount());
        List<Integer> left = left();
        if (!left.isEmpty()) {
            List<Integer> loaded = Capabilities.handles(engine, LOADED_SESSIONS);
            for (int handle : left) {
                if (loaded.contains(handle)) {
                    Lease.flush(engine, handle);
                }
            }
        }
        write();
    }

    void started(int handle) {
        open.add(handle);
        write();
    }

    /** It will be flushed now; who comes after may get the same number. */
    void ending(int handle) {
        open.remove(handle);
        write();
    }

    private List<Integer> left() {
        if (file.isEmpty()) {
            return List.of();
        }
        try (InputStream in = Files.newInputStream(file.get())) {
            return handles(in.readNBytes(MAX_BYTES), boot);
        } catch (IOException e) {
            return List.of(); // none was left, or it cannot be known
        }
    }

    /** Sessions that a note names; none when it is damaged or of another boot of the TPM. */
    static List<Integer> handles(byte[] text, String boot) {
        Matcher note = Form.NOTE.matcher(new String(text, StandardCharsets.US_ASCII));
        if (!note.matches() || !boot.equals(note.group(1))) {
            return List.of();
        }
        return Arrays.stream(note.group(2).split(",", -1))
                .filter(Form.HANDLE.asMatchPredicate())
                .map(hex -> Integer.parseInt(hex, 16))
                .toList();
    }

    private void write() {
        if (file.isEmpty() || boot.isEmpty()) {
            return;
        }
        Path target = file.get();
        try {
            if (open.isEmpty()) {
                Files.deleteIfExists(target);
                return;
            }
            String handles = open.stream().map(HEX::toHexDigits).collect(Collectors.joining(","));
            Path fresh = target.resolveSibling(target.getFileName() + ".new");
            Files.writeString(fresh, boot + " sessions=" + handles + "\n");
            // no fsync: what a power cut takes, the TPM's reset takes too
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            forget(target);
        }
    }

    /** On a full disk: better no note than one of sessions that are ours no more. */
    private static void forget(Path target) {
        try {
            Files.deleteIfExists(target);
        } catch (IOException e) {
            // a state directory in which nothing can be changed: it was noted in another run
        }
    }
}
