// SPDX-License-Identifier: Apache-2.0
package attestation.agent.doctor;

import attestation.agent.integrity.FileHashes;
import attestation.ima.Display;
import attestation.ima.Entry;
import attestation.ima.FileDigest;
import attestation.ima.ListParser;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One pass over the measurement list. */
final class ListFacts {
    private static final int PIECE = 1 << 16;
    private static final int MAX_NAMES = 3;

    long entries;
    long violations;
    long bootAggregates;
    long splitNames;
    boolean firstIsBootAggregate;
    @Nullable Entry firstEntry;
    Optional<FileDigest> first = Optional.empty();
    final List<String> violators = new ArrayList<>();

    private ListFacts() {}

    static ListFacts of(Path list) throws IOException {
        ListFacts facts = new ListFacts();
        ListParser parser = new ListParser(FileHashes.all());
        byte[] piece = new byte[PIECE];
        try (InputStream in = Files.newInputStream(list)) {
            for (int read = in.read(piece); read > 0; read = in.read(piece)) {
                parser.feed(ByteBuffer.wrap(piece, 0, read), (entry, raw) -> facts.add(entry));
            }
            parser.finish((entry, raw) -> facts.add(entry));
        }
        return facts;
    }

    private void add(Entry entry) {
        if (entries == 0) {
            firstEntry = entry;
            first = entry.digest();
            firstIsBootAggregate = entry.isBootAggregate();
        }
        entries++;
        bootAggregates += entry.isBootAggregate() ? 1 : 0;
        splitNames += entry.physicalLines() > 1 ? 1 : 0;
        if (entry.violation()) {
            violations++;
            String name = Display.escape(entry.name());
            if (violators.size() < MAX_NAMES && !violators.contains(name)) {
                violators.add(name);
            }
        }
    }
}
