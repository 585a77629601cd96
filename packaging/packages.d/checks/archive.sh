# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # sourced by packaging/packages, with its variables
# The unpacked package runs by itself, quickly, and never the code of a jar that is no longer there.

agent=$scratch/deb/usr/lib/attestation-agent/bin/agent

# No Java of this machine can be found.
bare_agent() {
    env -i PATH=/usr/bin:/bin AGENT_JAVA_PLACES='' ${options:+AGENT_JAVA_OPTS="$options"} "$agent" "$@"
}

runs_alone() {
    options=
    contains "$(bare_agent version)" 'attestation-agent '
}
check 'the command runs with the package alone' runs_alone

sample_accepted() {
    options=
    bare_agent config show --config "$scratch/deb/etc/attestation-agent/agent.toml" >"$scratch/shown" && contains "$(cat "$scratch/shown")" 'https.port = 9002'
}
check 'the sample configuration is accepted' sample_accepted

# The daemon's classes up to its complaint about a configuration that is not there.
archived() {
    options='-Xlog:class+load:stderr'
    bare_agent run --config /nonexistent.toml >"$scratch/out" 2>"$scratch/load" || true
    shared=$(grep -c 'source: shared objects file' "$scratch/load")
    others=$(grep 'source:' "$scratch/load" | grep -vc 'shared objects file' || true)
    echo "$shared from the archive, $others not"
    [ "$shared" -gt 500 ] && [ "$((others * 20))" -lt "$shared" ]
}
check 'the daemon takes its classes from the archive' archived

mapped_strictly() {
    options='-Xshare:on -Xlog:cds*=warning:stderr'
    bare_agent run --config /nonexistent.toml >"$scratch/out" 2>"$scratch/err" || true
    contains "$(cat "$scratch/err")" /nonexistent.toml && lacks "$(cat "$scratch/err")" '[cds'
}
check 'the archive fits the packaged jars, after a move as well' mapped_strictly

# A jar with other code, of the same name: the new code runs.
replaced() {
    mkdir -p "$scratch/replace/classes/attestation/agent/cli"
    cat >"$scratch/replace/Main.java" <<'END'
package attestation.agent.cli;
public class Main { public static void main(String[] a) { System.out.println("the new code"); } }
END
    "$JDK/bin/javac" -d "$scratch/replace/classes" "$scratch/replace/Main.java"
    cp -R "$scratch/deb/usr/lib/attestation-agent" "$scratch/replace/tree"
    jar=$(echo "$scratch"/replace/tree/lib/attestation-agent-[0-9]*.jar)
    "$JDK/bin/jar" --update --file "$jar" -C "$scratch/replace/classes" attestation
    for command in run version; do
        got=$(env -i PATH=/usr/bin:/bin AGENT_JAVA_PLACES='' "$scratch/replace/tree/bin/agent" "$command" 2>"$scratch/err")
        contains "$got" 'the new code' || return 1
    done
}
check 'a replaced jar: the new code runs, not the archive of the old' replaced

damaged() {
    cp -R "$scratch/deb/usr/lib/attestation-agent" "$scratch/damaged"
    dd if=/dev/zero of="$scratch/damaged/lib/agent.jsa" bs=1 count=64 conv=notrunc 2>/dev/null
    contains "$(env -i PATH=/usr/bin:/bin AGENT_JAVA_PLACES='' "$scratch/damaged/bin/agent" version 2>/dev/null)" 'attestation-agent '
}
check 'a damaged archive is not used' damaged
