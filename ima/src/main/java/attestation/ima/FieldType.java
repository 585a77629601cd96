// SPDX-License-Identifier: Apache-2.0
package attestation.ima;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A field of a template: how the kernel spells it and how it prints it. */
enum FieldType {
    D("d", Print.HEX),
    D_NG("d-ng", Print.DIGEST),
    D_NGV2("d-ngv2", Print.DIGEST),
    D_MODSIG("d-modsig", Print.DIGEST),
    N("n", Print.STRING),
    N_NG("n-ng", Print.STRING),
    SIG("sig", Print.HEX),
    EVMSIG("evmsig", Print.HEX),
    MODSIG("modsig", Print.HEX),
    BUF("buf", Print.HEX),
    IUID("iuid", Print.U32),
    IGID("igid", Print.U32),
    IMODE("imode", Print.U16),
    XATTRNAMES("xattrnames", Print.STRING),
    XATTRLENGTHS("xattrlengths", Print.HEX),
    XATTRVALUES("xattrvalues", Print.HEX);

    /** How the stored bytes become text. */
    enum Print {
        /** Every byte as two hex digits. */
        HEX,
        /** {@code <alg>:} NUL digest is printed as {@code <alg>:<hex>}. */
        DIGEST,
        /** Up to the NUL, unchanged; the kernel has replaced blanks. */
        STRING,
        /** Four bytes in the list's byte order, printed as a decimal number. */
        U32,
        /** Two bytes in the list's byte order, printed as a decimal number. */
        U16
    }

    private static final Map<String, FieldType> BY_ID =
            Arrays.stream(values())
                    .collect(Collectors.toUnmodifiableMap(FieldType::id, Function.identity()));

    private final String id;
    private final Print print;

    FieldType(String id, Print print) {
        this.id = id;
        this.print = print;
    }

    static @Nullable FieldType of(String id) {
        return BY_ID.get(id);
    }

    String id() {
        return id;
    }

    Print print() {
        return print;
    }
}
