// SPDX-License-Identifier: Apache-2.0
package attestation.ima.follow;

import java.util.ArrayList;
import java.util.List;

/** What is to be said, until it is taken; the first hundred of it. */
final class Notices {
    private static final int MAX = 100;

    private final List<Notice> notices = new ArrayList<>();
    private SpoolState.Kind saidOfSpool = SpoolState.Kind.COMPLETE;

    void say(Notice.Kind kind, String text) {
        if (notices.size() < MAX) {
            notices.add(new Notice(kind, text));
        }
    }

    /** Says it when the spool stopped or recovered since this was last called. */
    void spoolIs(SpoolState now) {
        if (now.kind() == saidOfSpool) {
            return;
        }
        saidOfSpool = now.kind();
        if (now.kind() == SpoolState.Kind.COMPLETE) {
            say(Notice.Kind.SPOOL_RECOVERED, "spool holds the whole list again");
        } else {
            say(Notice.Kind.SPOOL_STOPPED, now.reason());
        }
    }

    List<Notice> take() {
        List<Notice> taken = List.copyOf(notices);
        notices.clear();
        return taken;
    }
}
