// SPDX-License-Identifier: Apache-2.0
package attestation.agent.keylime;

import java.util.List;

/** What paths without a resource are told, family by family, in Keylime's words. */
enum Fallback {
    AGENT(
            "/agent",
            "GET",
            "URI not supported, only /info is supported for GET in /agent interface",
            "",
            "Method is not supported in /agent interface"),
    KEYS(
            "/keys",
            "GET, POST",
            "URI not supported, only /pubkey and /verify are supported for GET in /keys interface",
            "URI not supported, only /ukey and /vkey are supported for POST in /keys interface",
            "Method is not supported in /keys interface"),
    QUOTES(
            "/quotes",
            "GET",
            "URI not supported, only /identity and /integrity are supported for GET in /quotes/"
                    + " interface",
            "",
            "Method is not supported in /quotes/ interface"),
    NOTIFICATIONS(
            "/notifications",
            "POST",
            "",
            "URI not supported, only /revocation is supported for POST in /notifications/"
                    + " interface",
            "Method is not supported in /notifications/ interface"),
    OTHER(
            "",
            "GET, POST",
            "Not Implemented: Use /agent, /keys, or /quotes interfaces",
            "Not Implemented: Use /keys or /notifications interfaces",
            "Method is not supported");

    private final String prefix;
    private final String allow;
    private final String get;
    private final String post;
    private final String otherMethod;

    Fallback(String prefix, String allow, String get, String post, String otherMethod) {
        this.prefix = prefix;
        this.allow = allow;
        this.get = get;
        this.post = post;
        this.otherMethod = otherMethod;
    }

    /** The family of a path below the version. */
    static Fallback of(String path) {
        for (Fallback family : values()) {
            if (path.equals(family.prefix) || path.startsWith(family.prefix + "/")) {
                return family;
            }
        }
        return OTHER;
    }

    /** The refusal of a path that names no resource. */
    Refusal refuse(String method) {
        if (!List.of(allow.split(", ")).contains(method)) {
            return Refusal.methodNotAllowed(allow, otherMethod);
        }
        return Refusal.badRequest(method.equals("GET") ? get : post);
    }

    /** The refusal of a resource asked by another method than its own. */
    Refusal refuseMethod(Resource resource) {
        return Refusal.methodNotAllowed(resource.method(), otherMethod);
    }
}
