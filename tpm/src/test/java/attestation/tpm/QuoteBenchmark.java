// SPDX-License-Identifier: Apache-2.0
package attestation.tpm;

import attestation.fixtures.Swtpm;
import attestation.tpm.transport.TpmTransport;
import attestation.tpm.transport.Transports;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Our own time per quote. {@code own} is the budget's figure: over a TPM that answers at once with
 * the bytes it answered before, so that all that is measured is ours. {@code bare} and {@code
 * throughTpm} send the same TPM2_Quote to a software TPM, without us and with us; {@code sixteen}
 * is the time from one answer to the next with sixteen callers, thus to be held against {@code
 * bare}.
 *
 * <p>Run {@link #main}, with a pattern of benchmark names if not all are wanted.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class QuoteBenchmark {
    private static final byte[] NONCE = new byte[20];
    private static final int CALLERS = 16;

    /** Runs them in this process's class path, with allocation counted. */
    public static void main(String[] args) throws RunnerException {
        String pattern = args.length > 0 ? args[0] : QuoteBenchmark.class.getSimpleName();
        new Runner(
                        new OptionsBuilder()
                                .include(pattern)
                                .forks(1)
                                .warmupIterations(2)
                                .warmupTime(TimeValue.seconds(2))
                                .measurementIterations(5)
                                .measurementTime(TimeValue.seconds(2))
                                .addProfiler(GCProfiler.class)
                                .build())
                .run();
    }

    /** A TPM with its AK loaded. */
    @State(Scope.Benchmark)
    public static class Real {
        @Param({"RSA2048", "ECC256"})
        EncryptionAlgorithm kind = EncryptionAlgorithm.RSA2048;

        private Optional<Swtpm> swtpm = Optional.empty();
        private Optional<Tpm> tpm = Optional.empty();

        @Setup
        public void start() throws Exception {
            Swtpm started = Swtpm.builder().shared().start();
            swtpm = Optional.of(started);
            tpm = Optional.of(open(started));
            Given.ak(tpm(), kind, HashAlgorithm.SHA256);
            quote();
        }

        Tpm open(Swtpm started) throws Exception {
            return Given.tpm(started);
        }

        Tpm tpm() {
            return tpm.orElseThrow();
        }

        Swtpm swtpm() {
            return swtpm.orElseThrow();
        }

        Quote quote() throws Exception {
            return tpm().quote(NONCE, Given.PCRS, Lane.INTEGRITY, Given.PATIENCE);
        }

        @TearDown
        public void stop() {
            tpm().close();
            swtpm().close();
        }
    }

    /** The same, answering each quote after the first from memory. */
    public static class Remembered extends Real {
        @Override
        Tpm open(Swtpm started) throws Exception {
            return Tpm.start(
                    Given.settings(started),
                    timeout -> new Recorded(transport(started, timeout)),
                    Clock.systemUTC());
        }
    }

    /** A client that does nothing but send the command. */
    public static class Bare extends Real {
        private Optional<TpmTransport> line = Optional.empty();
        private byte[] command = {};

        @Override
        @Setup
        public void start() throws Exception {
            super.start();
            command = command(swtpm().transientHandles().getFirst());
            line = Optional.of(transport(swtpm(), Given.PATIENCE));
        }

        byte[] transmit() throws IOException {
            return line.orElseThrow().transmit(command, Given.PATIENCE);
        }

        @Override
        @TearDown
        public void stop() {
            line.orElseThrow().close();
            super.stop();
        }
    }

    @Benchmark
    public Object own(Remembered tpm) throws Exception {
        return tpm.quote();
    }

    @Benchmark
    public Object bare(Bare tpm) throws Exception {
        return tpm.transmit();
    }

    @Benchmark
    public Object throughTpm(Real tpm) throws Exception {
        return tpm.quote();
    }

    /** The figure is of one caller: divide it by sixteen. */
    @Benchmark
    @Threads(CALLERS)
    public Object sixteen(Real tpm) throws Exception {
        return tpm.quote();
    }

    private static TpmTransport transport(Swtpm swtpm, Duration timeout) throws IOException {
        return Transports.opener(TpmAddress.parse(swtpm.tcti())).open(timeout);
    }

    /** TPM2_Quote of PCRs 0, 10, 16 with an empty password. */
    private static byte[] command(int handle) {
        byte[] auth = HexFormat.of().parseHex("40000009" + "0000" + "00" + "0000");
        ByteBuffer out = ByteBuffer.allocate(128);
        out.putShort((short) 0x8002).putInt(0).putInt(0x158).putInt(handle);
        out.putInt(auth.length).put(auth).putShort((short) NONCE.length).put(NONCE);
        out.putShort((short) 0x10).putInt(1).putShort((short) 0xb).put((byte) 3);
        out.put(new byte[] {1, 4, 1});
        out.putInt(2, out.position());
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Remembers the first answer to each quote. */
    private static final class Recorded implements TpmTransport {
        private final TpmTransport real;
        private final Map<ByteBuffer, byte[]> answers = new HashMap<>();

        Recorded(TpmTransport real) {
            this.real = real;
        }

        @Override
        public byte[] transmit(byte[] command, Duration timeout) throws IOException {
            ByteBuffer key = ByteBuffer.wrap(command);
            byte[] known = answers.get(key);
            if (known != null) {
                return known.clone();
            }
            byte[] answer = real.transmit(command, timeout);
            if (key.getInt(6) == 0x158 && ByteBuffer.wrap(answer).getInt(6) == 0) {
                answers.put(key, answer);
            }
            return answer;
        }

        @Override
        public void release() {}

        @Override
        public boolean managed() {
            return false;
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
