// SPDX-License-Identifier: Apache-2.0
package attestation.config.key;

import attestation.config.value.AgentId;
import attestation.config.value.AllowRule;
import attestation.config.value.HostName;
import attestation.config.value.Secret;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The types that our keys have. */
final class Types {
    private static final int MAX_LIST = 100;
    private static final int MAX_SOCKET_BYTES = 107;
    private static final Pattern HANDLE = Pattern.compile("(0[xX])?81[0-9a-fA-F]{6}");

    private Types() {}

    static ValueType<Integer> whole(int min, int max) {
        return new WholeType(min, max);
    }

    static ValueType<Boolean> yesNo() {
        return new SwitchType();
    }

    static <E> ValueType<List<E>> listOf(ValueType<E> element) {
        return new ListType<>(element, MAX_LIST);
    }

    static ValueType<String> text(String expected, String pattern) {
        Pattern form = Pattern.compile(pattern);
        return TextType.of(
                expected, text -> require(form.matcher(text).matches(), text), Function.identity());
    }

    static ValueType<String> choice(String... words) {
        List<String> known = List.of(words);
        return choice(known.stream().collect(Collectors.toMap(w -> w, w -> w)), known);
    }

    /**
     * @param meaning of each spelling that is taken
     * @param shown the spellings that an error names
     */
    static ValueType<String> choice(Map<String, String> meaning, List<String> shown) {
        return TextType.of(
                String.join(", ", shown),
                text -> require(meaning.containsKey(text), meaning.getOrDefault(text, text)),
                Function.identity());
    }

    static <E extends Enum<E>> ValueType<E> word(Class<E> type) {
        List<E> values = List.of(type.getEnumConstants());
        return TextType.of(
                String.join(", ", values.stream().map(Enum::toString).toList()),
                text ->
                        values.stream()
                                .filter(v -> v.toString().equals(text))
                                .findFirst()
                                .orElseThrow(Types::illegal),
                Enum::toString);
    }

    static ValueType<String> host() {
        return TextType.of(HostName.EXPECTED, HostName::parse, Function.identity());
    }

    /** A host, or empty. */
    static ValueType<String> optionalHost() {
        return TextType.of(
                HostName.EXPECTED + ", or empty",
                text -> text.isEmpty() ? "" : HostName.parse(text),
                Function.identity());
    }

    static ValueType<Secret> secret() {
        return TextType.of(
                        "text, or hex: and an even number of hexadecimal digits, at most 1024"
                                + " bytes",
                        Secret::of,
                        Secret::reveal)
                .hidden();
    }

    static ValueType<AgentId> agentId() {
        return TextType.of(AgentId.EXPECTED, AgentId::parse, AgentId::toString);
    }

    static ValueType<AllowRule> allowRule() {
        return TextType.of(AllowRule.EXPECTED, AllowRule::parse, AllowRule::toString);
    }

    /** A path; a relative one lies under the state directory. */
    static ValueType<Path> path() {
        return TextType.of("a path", Types::parsePath, Path::toString)
                .resolvedBy((path, base) -> base.resolve(path));
    }

    static ValueType<Path> absolutePath() {
        return TextType.of("an absolute path", Types::parseAbsolute, Path::toString);
    }

    static ValueType<Path> socketPath() {
        return TextType.of(
                "an absolute path of at most " + MAX_SOCKET_BYTES + " bytes",
                text ->
                        parseAbsolute(
                                require(
                                        text.getBytes(StandardCharsets.UTF_8).length
                                                <= MAX_SOCKET_BYTES,
                                        text)),
                Path::toString);
    }

    /** A path as {@link #path()}, or empty for none. */
    static ValueType<Optional<Path>> optionalPath() {
        return TextType.of("a path, or empty", optional(Types::parsePath), Types::printOptional)
                .resolvedBy((path, base) -> path.map(base::resolve));
    }

    /** An absolute path, or empty for none. */
    static ValueType<Optional<Path>> optionalAbsolutePath() {
        return TextType.of(
                "an absolute path, or empty", optional(Types::parseAbsolute), Types::printOptional);
    }

    /**
     * A persistent TPM handle (TPM 2.0 Part 2 §7.5), or a word for none.
     *
     * @param none the word; the empty text means the same
     */
    static ValueType<OptionalInt> handle(String none) {
        return TextType.of(
                (none.isEmpty() ? "empty" : none)
                        + ", or a persistent handle 0x81000000..0x81ffffff",
                text ->
                        text.equals(none) || text.isEmpty()
                                ? OptionalInt.empty()
                                : OptionalInt.of(parseHandle(text)),
                value -> value.isPresent() ? String.format("0x%08x", value.getAsInt()) : none);
    }

    /** File permission bits, as text of octal digits. */
    static ValueType<Integer> mode() {
        Pattern octal = Pattern.compile("0?[0-7]{3}");
        return TextType.of(
                "octal digits such as \"0660\"",
                text -> Integer.valueOf(require(octal.matcher(text).matches(), text), 8),
                value -> String.format("%04o", value));
    }

    /** One name in a directory: nothing that climbs out of it. */
    static ValueType<String> fileName() {
        return TextType.of(
                "a file name without /", text -> require(isPlain(text), text), Function.identity());
    }

    /** A path that stays below a directory, or empty. */
    static ValueType<String> optionalPathBelow() {
        return TextType.of(
                "a relative path without .., or empty",
                text ->
                        require(
                                text.isEmpty()
                                        || Arrays.stream(text.split("/", -1))
                                                .allMatch(Types::isPlain),
                                text),
                Function.identity());
    }

    private static boolean isPlain(String name) {
        return !name.isEmpty()
                && name.indexOf('/') < 0
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(Character::isISOControl);
    }

    private static Path parsePath(String text) {
        return Path.of(require(!text.isEmpty(), text));
    }

    private static Path parseAbsolute(String text) {
        return parsePath(require(text.startsWith("/"), text));
    }

    private static int parseHandle(String text) {
        String form = require(HANDLE.matcher(text).matches(), text);
        return Integer.parseUnsignedInt(form.replaceFirst("^0[xX]", ""), 16);
    }

    private static Function<String, Optional<Path>> optional(Function<String, Path> parser) {
        return text -> text.isEmpty() ? Optional.empty() : Optional.of(parser.apply(text));
    }

    private static String printOptional(Optional<Path> path) {
        return path.map(Path::toString).orElse("");
    }

    private static <V> V require(boolean legal, V value) {
        if (!legal) {
            throw illegal();
        }
        return value;
    }

    private static IllegalArgumentException illegal() {
        return new IllegalArgumentException("not legal");
    }
}
