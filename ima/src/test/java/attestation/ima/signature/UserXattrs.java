// SPDX-License-Identifier: Apache-2.0
package attestation.ima.signature;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Optional;

/**
 * Real attributes without root: {@code security.ima} is kept as {@code user.ima}, where evmctl's
 * {@code --xattr-user} looks.
 */
final class UserXattrs implements Xattrs {
    @Override
    public Optional<byte[]> get(Path file, String name) throws IOException {
        UserDefinedFileAttributeView view = view(file);
        String user = name.substring("security.".length());
        if (!view.list().contains(user)) {
            return Optional.empty();
        }
        ByteBuffer value = ByteBuffer.allocate(view.size(user));
        view.read(user, value);
        return Optional.of(value.array());
    }

    @Override
    public void set(Path file, String name, byte[] value) throws IOException {
        view(file).write(name.substring("security.".length()), ByteBuffer.wrap(value));
    }

    private static UserDefinedFileAttributeView view(Path file) {
        return Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
    }
}
