// SPDX-License-Identifier: Apache-2.0
package attestation.tpm.transport;

import attestation.tpm.TpmAddress;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The transport that belongs to an address. */
public final class Transports {
    private static final String MANAGED = "/dev/tpmrm0";
    private static final String RAW = "/dev/tpm0";

    private Transports() {}

    /** How to reach the address; nothing is opened yet. */
    public static TransportOpener opener(TpmAddress address) {
        return switch (address) {
            case TpmAddress.Device device -> _ -> new DeviceTransport(Path.of(device.path()));
            case TpmAddress.DefaultDevice _ -> _ -> new DeviceTransport(defaultDevice());
            case TpmAddress.SwtpmTcp tcp ->
                    timeout -> opened(new StreamTransport(tcp.toString(), () -> tcp(tcp)), timeout);
            case TpmAddress.SwtpmUnix unix ->
                    timeout ->
                            opened(new StreamTransport(unix.toString(), () -> unix(unix)), timeout);
        };
    }

    private static Path defaultDevice() {
        Path managed = Path.of(MANAGED);
        return Files.exists(managed) || !Files.exists(Path.of(RAW)) ? managed : Path.of(RAW);
    }

    private static TpmTransport opened(StreamTransport transport, Duration timeout)
            throws IOException {
        transport.open(timeout);
        return transport;
    }

    private static StreamTransport.Target tcp(TpmAddress.SwtpmTcp tcp) throws IOException {
        InetSocketAddress address = new InetSocketAddress(tcp.host(), tcp.port());
        if (address.isUnresolved()) {
            throw new UnknownHostException("host name does not resolve: " + tcp.host());
        }
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return new StreamTransport.Target(channel, address);
    }

    private static StreamTransport.Target unix(TpmAddress.SwtpmUnix unix) throws IOException {
        SocketAddress address = UnixDomainSocketAddress.of(unix.path());
        return new StreamTransport.Target(SocketChannel.open(StandardProtocolFamily.UNIX), address);
    }
}
