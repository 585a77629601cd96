// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Lets a recorded kernel list happen again, on a software TPM: for each entry it appends the
 * kernel's line to a list file, then the number of entries to a count file, then extends PCR 10 of
 * every active bank, in the kernel's order. What is extended is computed from the recorded template
 * data, as the kernel does; violations are extended as ones.
 *
 * <p>Usage: {@code java GrowList.java TPM RECORDING LIST COUNT FROM TO}, where TPM is {@code
 * path=SOCKET} or {@code host=H,port=P}, RECORDING a folder with the kernel's binary and ASCII list
 * of one boot, and FROM to TO (exclusive) the entries that happen now. Needs nothing but a JDK.
 */
final class GrowList {
    private static final int PCR = 10;

    /** TPM_ALG_ID by the names of the JDK (TCG Algorithm Registry). */
    private static final Map<Integer, String> BANKS =
            Map.of(0x0004, "SHA-1", 0x000B, "SHA-256", 0x000C, "SHA-384", 0x000D, "SHA-512");

    public static void main(String[] args) throws Exception {
        if (args.length != 6) {
            System.err.println("usage: GrowList TPM RECORDING LIST COUNT FROM TO");
            System.exit(64);
        }
        Path recording = Path.of(args[1]);
        List<Entry> entries =
                Entry.readAll(Files.readAllBytes(recording.resolve("binary_runtime_measurements")));
        List<String> lines = lines(recording.resolve("ascii_runtime_measurements"));
        if (entries.size() != lines.size()) {
            throw new IOException(
                    "recording %s: %d binary entries, %d lines (expected: as many)"
                            .formatted(recording, entries.size(), lines.size()));
        }
        int from = Integer.parseInt(args[4]);
        int to = Math.min(Integer.parseInt(args[5]), entries.size());
        grow(new Tpm(args[0]), entries, lines, Path.of(args[2]), Path.of(args[3]), from, to);
        System.out.println(to);
    }

    private static void grow(
            Tpm tpm,
            List<Entry> entries,
            List<String> lines,
            Path list,
            Path count,
            int from,
            int to)
            throws IOException, NoSuchAlgorithmException {
        List<Integer> banks = tpm.activeBanks();
        for (int i = from; i < to; i++) {
            append(list, lines.get(i));
            Files.writeString(count, (i + 1) + "\n");
            tpm.extend(PCR, banks, entries.get(i));
        }
    }

    private static void append(Path list, String line) throws IOException {
        Files.writeString(
                list,
                line + "\n",
                StandardCharsets.ISO_8859_1,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /** The lines as bytes in disguise: names in a list need not be UTF-8. */
    private static List<String> lines(Path ascii) throws IOException {
        String text = Files.readString(ascii, StandardCharsets.ISO_8859_1);
        return List.of(text.substring(0, text.length() - 1).split("\n", -1));
    }

    /** One entry of the kernel's binary list: what a bank is extended with follows from it. */
    private record Entry(boolean violation, byte[] templateData) {
        static List<Entry> readAll(byte[] bytes) throws IOException {
            ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            List<Entry> entries = new ArrayList<>();
            while (in.hasRemaining()) {
                entries.add(read(in));
            }
            return entries;
        }

        private static Entry read(ByteBuffer in) throws IOException {
            int pcr = in.getInt();
            if (pcr != PCR) {
                throw new IOException(
                        "entry of PCR " + pcr + " (expected: " + PCR + ", little-endian)");
            }
            byte[] templateHash = take(in, 20);
            take(in, in.getInt());
            byte[] data = take(in, in.getInt());
            return new Entry(Arrays.equals(templateHash, new byte[20]), data);
        }

        private static byte[] take(ByteBuffer in, int length) throws IOException {
            if (length < 0 || length > in.remaining()) {
                throw new IOException(
                        "length %d at offset %d (expected: at most the %d bytes left)"
                                .formatted(length, in.position(), in.remaining()));
            }
            byte[] bytes = new byte[length];
            in.get(bytes);
            return bytes;
        }

        byte[] digest(String algorithm) throws NoSuchAlgorithmException {
            byte[] digest = MessageDigest.getInstance(algorithm).digest(templateData);
            if (violation) {
                Arrays.fill(digest, (byte) 0xFF);
            }
            return digest;
        }
    }

    /**
     * Raw commands to an swtpm (TPM 2.0 Library, Part 3); one connection each, so that others get
     * their turn.
     */
    private static final class Tpm {
        private static final short NO_SESSIONS = (short) 0x8001;
        private static final short SESSIONS = (short) 0x8002;
        private static final int GET_CAPABILITY = 0x17A;
        private static final int PCR_EXTEND = 0x182;
        private static final int CAP_PCRS = 5;
        private static final int PASSWORD_SESSION = 0x40000009;
        private static final int LARGEST = 4096;

        private final SocketAddress address;

        Tpm(String tcti) throws IOException {
            Map<String, String> settings = new HashMap<>();
            for (String setting : tcti.split(",")) {
                String[] parts = setting.split("=", 2);
                settings.put(parts[0], parts[1]);
            }
            address =
                    settings.containsKey("path")
                            ? UnixDomainSocketAddress.of(settings.get("path"))
                            : new InetSocketAddress(
                                    InetAddress.getByName(settings.get("host")),
                                    Integer.parseInt(settings.get("port")));
        }

        List<Integer> activeBanks() throws IOException {
            ByteBuffer answer =
                    send(command(NO_SESSIONS, GET_CAPABILITY).putInt(CAP_PCRS).putInt(0).putInt(1));
            answer.get();
            answer.getInt();
            int count = answer.getInt();
            List<Integer> active = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int bank = Short.toUnsignedInt(answer.getShort());
                byte[] selected = new byte[answer.get()];
                answer.get(selected);
                if (BANKS.containsKey(bank)
                        && !Arrays.equals(selected, new byte[selected.length])) {
                    active.add(bank);
                }
            }
            return active;
        }

        void extend(int pcr, List<Integer> banks, Entry entry)
                throws IOException, NoSuchAlgorithmException {
            ByteBuffer command = command(SESSIONS, PCR_EXTEND).putInt(pcr);
            command.putInt(9)
                    .putInt(PASSWORD_SESSION)
                    .putShort((short) 0)
                    .put((byte) 0)
                    .putShort((short) 0);
            command.putInt(banks.size());
            for (int bank : banks) {
                command.putShort((short) bank).put(entry.digest(BANKS.get(bank)));
            }
            send(command);
        }

        private static ByteBuffer command(short tag, int code) {
            return ByteBuffer.allocate(LARGEST).putShort(tag).putInt(0).putInt(code);
        }

        /** The answer's parameters; a response code other than success ends the program. */
        private ByteBuffer send(ByteBuffer command) throws IOException {
            command.putInt(2, command.position()).flip();
            try (SocketChannel channel = SocketChannel.open(address)) {
                while (command.hasRemaining()) {
                    channel.write(command);
                }
                ByteBuffer answer = ByteBuffer.allocate(LARGEST);
                readUntil(channel, answer, 10);
                readUntil(channel, answer, answer.getInt(2));
                if (answer.getInt(6) != 0) {
                    throw new IOException(
                            "TPM answered 0x%x to 0x%x"
                                    .formatted(answer.getInt(6), command.getInt(6)));
                }
                return answer.flip().position(10);
            }
        }

        private static void readUntil(SocketChannel channel, ByteBuffer answer, int length)
                throws IOException {
            if (length > LARGEST) {
                throw new IOException(
                        "TPM answer of " + length + " bytes (expected: at most " + LARGEST + ")");
            }
            while (answer.position() < length) {
                if (channel.read(answer) < 0) {
                    throw new IOException(
                            "TPM closed the connection after "
                                    + HexFormat.of()
                                            .formatHex(answer.array(), 0, answer.position()));
                }
            }
        }
    }

    private GrowList() {}
}
