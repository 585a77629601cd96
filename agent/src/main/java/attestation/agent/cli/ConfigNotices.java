// SPDX-License-Identifier: Apache-2.0
package attestation.agent.cli;

import attestation.config.LoadedConfig;
import attestation.config.Notice;

/** What an operator should know of a configuration that can be used. */
final class ConfigNotices {
    private ConfigNotices() {}

    static void print(LoadedConfig loaded, Console console) {
        loaded.notices().forEach(notice -> console.error(word(notice.level()) + ": " + notice));
    }

    private static String word(Notice.Level level) {
        return switch (level) {
            case INFO -> "note";
            case WARNING -> "warning";
        };
    }
}
