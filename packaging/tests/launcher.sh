#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bin/agent: where it finds its tree and its Java, and with which options it becomes that Java.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
. "$root/packaging/lib/setup.sh"
. "$root/packaging/lib/testing.sh"
[ -f "$tree/lib/class-path" ] || die "there is no runnable tree in $tree: mvn package"

fake_java "$scratch/j25" 25.0.1
fake_java "$scratch/j17" 17.0.15
fake_java "$scratch/jNext" 26
fake_java "$scratch/jEarly" 25-ea
unset JAVA_HOME AGENT_JAVA_OPTS
AGENT_JAVA_PLACES="$scratch/j25"
export AGENT_JAVA_PLACES

run_daemon_profile() {
    got=$("$tree/bin/agent" run --config x.toml)
    contains "$got" '[-XX:TieredStopAtLevel=1]' && contains "$got" '[-Xmx32m]' && contains "$got" '[-XX:+UseSerialGC]' &&
        contains "$got" "[attestation.agent.cli.Main]
[run]
[--config]
[x.toml]"
}
check 'run: the small profile, the main class, then the arguments' run_daemon_profile

other_commands_profile() {
    got=$("$tree/bin/agent" verify --evidence x)
    lacks "$got" TieredStopAtLevel && lacks "$got" -Xmx && contains "$got" '[verify]'
}
check 'other commands: tiered, the whole heap' other_commands_profile

arguments_kept() {
    got=$("$tree/bin/agent" verify 'a b' '' '*' "it's")
    contains "$got" "[verify]
[a b]
[]
[*]
[it's]"
}
check 'arguments with blanks, stars and nothing arrive as given' arguments_kept

options_appended() {
    got=$(AGENT_JAVA_OPTS='-Xmx99m -Dx=y' "$tree/bin/agent" run)
    contains "$got" '[-Xmx99m]
[-Dx=y]
[-cp]' && contains "${got%%\[-Xmx99m\]*}" '[-Xmx32m]'
}
check 'AGENT_JAVA_OPTS comes after the options that it overrides' options_appended

locale_of() {
    "$tree/bin/agent" run | sed -n 's/^LC_ALL=//p'
}
locale_utf8() {
    equals "$(LC_ALL='' LC_CTYPE='' LANG=C locale_of)" C.UTF-8 && equals "$(LC_ALL=POSIX LANG=de_DE.UTF-8 locale_of)" C.UTF-8 &&
        equals "$(LC_ALL=de_DE.utf8 locale_of)" de_DE.utf8
}
check 'a locale that is not UTF-8 is replaced, so that every file name can be opened' locale_utf8

same_process() {
    "$tree/bin/agent" run >"$scratch/pid" &
    started=$!
    wait "$started"
    equals "$(head -n 1 "$scratch/pid")" "pid=$started"
}
check 'the JVM is the process that was started' same_process

class_path_of() {
    printf '%s\n' "$1" | sed -n '/^\[-cp\]$/{n;p;}'
}

links() {
    mkdir -p "$scratch/links"
    ln -sf "$tree/bin/agent" "$scratch/links/absolute"
    ln -sf absolute "$scratch/links/chained"
    (cd "$scratch/links" && ln -sf "../links/chained" relative)
    for link in absolute chained relative; do
        got=$("$scratch/links/$link" version)
        contains "$(class_path_of "$got")" "[$tree/lib/attestation-agent-" || return 1
    done
    cd "$scratch/links"
    contains "$(class_path_of "$(PATH=$scratch/links:$PATH relative version)")" "[$tree/lib/" &&
        contains "$(class_path_of "$(sh relative version)")" "[$tree/lib/"
}
check 'started by links, absolute, relative, chained, from PATH, by sh' links

moved() {
    mkdir -p "$scratch/else where"
    cp -R "$tree" "$scratch/else where/moved"
    got=$("$scratch/else where/moved/bin/agent" run)
    contains "$(class_path_of "$got")" "[$scratch/else where/moved/lib/attestation-agent-" &&
        contains "$got" "[-Djava.library.path=$scratch/else where/moved/lib/native/$(uname -m)]"
}
check 'moved to a folder with a blank' moved

own_runtime() {
    mkdir -p "$scratch/own"
    cp -R "$tree" "$scratch/own/tree"
    fake_java "$scratch/own/tree/runtime" 25.0.9
    contains "$(JAVA_HOME=$scratch/jNext "$scratch/own/tree/bin/agent" version)" "home=$scratch/own/tree/runtime"
}
check 'the runtime in the tree comes before JAVA_HOME' own_runtime

archive_used() {
    mkdir -p "$scratch/cds"
    cp -R "$tree" "$scratch/cds/tree"
    rm -f "$scratch/cds/tree/lib/agent.jsa"
    lacks "$("$scratch/cds/tree/bin/agent" run)" SharedArchiveFile || return 1
    : >"$scratch/cds/tree/lib/agent.jsa"
    contains "$("$scratch/cds/tree/bin/agent" run)" "[-XX:SharedArchiveFile=$scratch/cds/tree/lib/agent.jsa]"
}
check 'the class data archive is used where the tree has one' archive_used

java_home_first() {
    contains "$(JAVA_HOME=$scratch/jNext "$tree/bin/agent" version)" "home=$scratch/jNext"
}
check 'JAVA_HOME comes before the usual places' java_home_first

old_java_home() {
    contains "$(JAVA_HOME=$scratch/j17 "$tree/bin/agent" version)" "home=$scratch/j25"
}
check 'a JAVA_HOME that is too old is passed over' old_java_home

early_access() {
    contains "$(AGENT_JAVA_PLACES=$scratch/jEarly "$tree/bin/agent" version)" "home=$scratch/jEarly"
}
check 'a version without a dot is read' early_access

no_java() {
    if AGENT_JAVA_PLACES="$scratch/j17 $scratch/nothing" "$tree/bin/agent" run >"$scratch/out" 2>"$scratch/err"; then code=0; else code=$?; fi
    equals "$code" 69 && equals "$(cat "$scratch/out")" '' &&
        equals "$(cat "$scratch/err")" 'agent: no Java 25 or newer found in JAVA_HOME, /usr/lib/jvm, /usr/java or /opt: install one (Debian: openjdk-25-jre-headless, Fedora and RHEL: java-25-openjdk-headless) or set JAVA_HOME'
}
check 'no Java: one sentence, exit code 69' no_java

class_path_complete() {
    tr ':' '\n' <"$tree/lib/class-path" | sort >"$scratch/named"
    (cd "$tree" && ls lib/*.jar) | sort >"$scratch/there"
    diff "$scratch/named" "$scratch/there"
}
check 'the class path names every jar, and every jar is on it' class_path_complete

natives_there() {
    equals "$(cd "$tree/lib/native" && echo aarch64/*.so)" "aarch64/libjnidispatch.so aarch64/libnetty_tcnative_linux_aarch_64.so aarch64/libnetty_transport_native_epoll_aarch_64.so" &&
        equals "$(cd "$tree/lib/native" && echo x86_64/*.so)" "x86_64/libjnidispatch.so x86_64/libnetty_tcnative_linux_x86_64.so x86_64/libnetty_transport_native_epoll_x86_64.so"
}
check 'natives are files, for both machines' natives_there

# With a real Java: what it says to the options, and whether they took effect.
unset AGENT_JAVA_PLACES
find_jdk || die "no JDK 25 or newer found"
export JAVA_HOME="$JDK"

real_options() {
    AGENT_JAVA_OPTS='-XX:+PrintFlagsFinal --version' "$tree/bin/agent" run >"$scratch/flags" 2>"$scratch/err" || return 1
    equals "$(cat "$scratch/err")" '' || return 1
    for flag in 'UseSerialGC *= true' 'TieredStopAtLevel *= 1 ' 'MaxHeapSize *= 33554432 ' 'UseCompactObjectHeaders *= true' \
        'ThreadStackSize *= 256 ' 'MaxDirectMemorySize *= 16777216 ' 'UsePerfData *= false' 'ExitOnOutOfMemoryError *= true'; do
        grep -Eq " $flag" "$scratch/flags" || {
            echo "not in effect: $flag"
            return 1
        }
    done
}
check 'a real Java takes every option of the daemon, without a word' real_options

real_options_tiered() {
    AGENT_JAVA_OPTS='-XX:+PrintFlagsFinal --version' "$tree/bin/agent" verify >"$scratch/flags" 2>"$scratch/err" || return 1
    equals "$(cat "$scratch/err")" '' && grep -Eq ' TieredStopAtLevel *= 4 ' "$scratch/flags"
}
check 'a real Java takes every option of the other commands' real_options_tiered

full_disk() {
    code=0
    "$tree/bin/agent" version >/dev/full 2>"$scratch/err" || code=$?
    equals "$code" 74 && contains "$(cat "$scratch/err")" 'the output cannot be written: No space left on device'
}
check 'output that a full disk did not take is a failure' full_disk

# The archive that the build has made. Each tree that is not the one it was made for starts without it, and says nothing of it.
archive_fits() {
    AGENT_JAVA_OPTS='-Xshare:on -Xlog:class+load:stderr' "$tree/bin/agent" run --config /nonexistent.toml >"$scratch/out" 2>"$scratch/load" || true
    shared=$(grep -c 'source: shared objects file' "$scratch/load")
    others=$(grep 'source:' "$scratch/load" | grep -vc 'shared objects file' || true)
    echo "$shared classes from the archive, $others not"
    contains "$(cat "$scratch/load")" /nonexistent.toml && [ "$shared" -gt 500 ] && [ "$((others * 20))" -lt "$shared" ]
}
check 'the tree has an archive, and a real Java takes its classes from there' archive_fits

# quietly TREE: the command's answer is that of the tree as it was built, and nothing beside it.
quietly() {
    for command in version 'run --help'; do
        # shellcheck disable=SC2086 # words
        "$tree/bin/agent" $command >"$scratch/expected" 2>&1
        # shellcheck disable=SC2086 # words
        "$1/bin/agent" $command >"$scratch/got" 2>&1 || return 1
        diff "$scratch/expected" "$scratch/got" || return 1
    done
}

archive_moved() {
    mkdir -p "$scratch/moved by"
    cp -a "$tree" "$scratch/moved by/tree"
    quietly "$scratch/moved by/tree" || return 1
    (export AGENT_JAVA_OPTS=-Xshare:on && quietly "$scratch/moved by/tree")
}
check 'the archive goes with a tree that is moved' archive_moved

other_times() {
    cp -a "$tree" "$scratch/touched"
    touch "$scratch/touched/lib/"*.jar
    quietly "$scratch/touched"
}
check 'jars of another time: quietly without the archive' other_times

replaced_jar() {
    mkdir -p "$scratch/classes"
    cp -a "$tree" "$scratch/replaced"
    printf 'package attestation.agent.cli; public class Main { public static void main(String[] a) { System.out.println("the new code"); } }' >"$scratch/Main.java"
    "$JDK/bin/javac" -d "$scratch/classes" "$scratch/Main.java" || return 1
    "$JDK/bin/jar" --update --file "$(echo "$scratch"/replaced/lib/attestation-agent-[0-9]*.jar)" -C "$scratch/classes" attestation || return 1
    for command in run version; do
        equals "$("$scratch/replaced/bin/agent" "$command" 2>&1)" 'the new code' || return 1
    done
}
check 'a replaced jar: the new code runs, not the archive of the old' replaced_jar

damaged_archive() {
    cp -a "$tree" "$scratch/damaged"
    head -c 64 /dev/zero | dd of="$scratch/damaged/lib/agent.jsa" conv=notrunc status=none
    quietly "$scratch/damaged"
}
check 'a damaged archive: quietly without it' damaged_archive

cut_archive() {
    cp -a "$tree" "$scratch/cut"
    truncate -s 1000000 "$scratch/cut/lib/agent.jsa"
    quietly "$scratch/cut"
}
check 'an archive that is cut off: quietly without it' cut_archive

no_archive_no_failure() {
    cp -a "$tree" "$scratch/none"
    AGENT_JAVA_PLACES=$scratch/nothing JAVA_HOME='' "$root/packaging/tree.d/class-data" "$scratch/none" "$root/packaging/packages.d/class-list" 2>"$scratch/err" || return 1
    [ ! -e "$scratch/none/lib/agent.jsa" ] && contains "$(cat "$scratch/err")" 'no Java 25 or newer found' && quietly "$scratch/none"
}
check 'no Java for the archive: said so, and the tree works without' no_archive_no_failure

summary
