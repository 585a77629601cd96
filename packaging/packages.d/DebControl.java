// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The control files of the .deb: the sources, with version and architecture put in. */
final class DebControl {
    private DebControl() {}

    static void write(Path sources, Path target, String version) throws IOException {
        Folders.delete(target);
        Folders.copy(sources, target);
        Path control = target.resolve("control");
        Files.writeString(
                control,
                Files.readString(control)
                        .replace("@VERSION@", version)
                        .replace("@ARCHITECTURE@", architecture()));
    }

    private static String architecture() {
        String jvmName = System.getProperty("os.arch");
        return jvmName.equals("aarch64") ? "arm64" : jvmName;
    }
}
