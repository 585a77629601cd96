// SPDX-License-Identifier: Apache-2.0
package attestation.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Optional;

class NearestTest {
    @ParameterizedTest
    @CsvSource({
        "port,port,0",
        "prot,port,1",
        "por,port,1",
        "ports,port,1",
        "'',abc,3",
        "kitten,sitting,3"
    })
    void distance_countsEdits(String a, String b, int edits) {
        assertEquals(edits, Nearest.distance(a, b));
    }

    @Test
    void to_nothingClose_isEmpty() {
        assertEquals(Optional.empty(), Nearest.to("zzzzzz", List.of("port", "ip")));
        assertEquals(Optional.empty(), Nearest.to("p".repeat(101), List.of("port")));
    }

    @Test
    void to_severalClose_takesTheClosest() {
        assertEquals(
                Optional.of("tpm.iak_cert"),
                Nearest.to("tpm.iak_crt", List.of("tpm.idevid_cert", "tpm.iak_cert")));
    }
}
