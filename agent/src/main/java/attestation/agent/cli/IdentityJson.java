// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.agent.verify.PublicArea;

import com.fasterxml.jackson.core.JsonGenerator;

import java.io.IOException;
import java.util.Base64;

/** A host's identity for programs. */
final class IdentityJson {
    private IdentityJson() {}

    static String render(
            IdentitySource.Identity identity, PublicArea ak, IdentitySource.EkCertificates ek) {
        return JsonLines.object(out -> write(identity, ak, ek, out));
    }

    private static void write(
            IdentitySource.Identity identity,
            PublicArea ak,
            IdentitySource.EkCertificates ek,
            JsonGenerator out)
            throws IOException {
        if (identity.agentId().isPresent()) {
            out.writeStringField("id", identity.agentId().get());
        }
        out.writeStringField("ak_name", ak.name());
        out.writeStringField("ak_kind", ak.kind());
        out.writeStringField("ak_pem", ak.pem());
        out.writeStringField("ak_tpm2b", Base64.getEncoder().encodeToString(identity.ak()));
        out.writeArrayFieldStart("ek_certificates");
        for (String pem : ek.pem()) {
            out.writeString(pem);
        }
        out.writeEndArray();
        if (!ek.note().isEmpty()) {
            out.writeStringField("ek_certificates_note", ek.note());
        }
    }
}
