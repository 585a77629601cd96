#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The JDK, the packages and the ground of the quickstart: found, installed, or refused in one sentence before anything.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
. "$root/packaging/lib/setup.sh"
. "$root/packaging/lib/testing.sh"
unset JAVA_HOME

# A clone of the scripts alone: what a run leaves behind is seen.
clone=$scratch/clone
mkdir -p "$clone/packaging"
cp -R "$root/packaging/lib" "$root/packaging/quickstart" "$root/packaging/quickstart.d" "$root/packaging/check" "$clone/packaging/"
recorded=src-test-fixtures/src/main/resources/attestation/fixtures/ima/debian12-6.12-tcb
mkdir -p "$clone/$recorded"
: >"$clone/$recorded/binary_runtime_measurements"

fake_java "$scratch/jre" 25.0.1
fake_java "$scratch/jdk17" 17.0.15 jdk
fake_java "$scratch/jdk25" 25.0.1 jdk
bare_path "$scratch/bin"

sentence='no JDK 25 or newer in JAVA_HOME, /usr/lib/jvm, /usr/java or /opt, and this distribution has no package of one: unpack one below /opt or set JAVA_HOME, then start again'

# refused SCRIPT: without a JDK it says the sentence, and has not touched the clone.
refused() {
    find "$clone" | sort >"$scratch/before"
    if PATH=$scratch/bin JDK_PLACES="$scratch/jre $scratch/jdk17" sh "$clone/packaging/$1" >"$scratch/out" 2>"$scratch/err"; then code=0; else code=$?; fi
    find "$clone" | sort | diff "$scratch/before" - || return 1
    equals "$code" 1 && equals "$(cat "$scratch/err")" "$1: $sentence"
}
check 'quickstart: no JDK, no package: one sentence, nothing done' refused quickstart
check 'check: no JDK, no package: one sentence, nothing done' refused check

no_package_in_apt() {
    bare_path "$scratch/apt-without"
    fake_program "$scratch/apt-without/apt-get" <<END
#!/bin/sh
echo "\$*" >>"$scratch/apt.calls"
END
    fake_program "$scratch/apt-without/apt-cache" <<'END'
#!/bin/sh
exit 100
END
    : >"$scratch/apt.calls"
    if PATH=$scratch/apt-without JDK_PLACES='' sh "$clone/packaging/quickstart" >"$scratch/out" 2>"$scratch/err"; then code=0; else code=$?; fi
    equals "$code" 1 && equals "$(cat "$scratch/err")" "quickstart: $sentence" && lacks "$(cat "$scratch/apt.calls")" install
}
check 'quickstart: apt has no JDK 25: the same sentence, nothing installed' no_package_in_apt

installs_from_apt() {
    bare_path "$scratch/apt-with"
    fake_program "$scratch/apt-with/apt-cache" <<'END'
#!/bin/sh
[ "$1 $2" = "show openjdk-25-jdk-headless" ]
END
    fake_program "$scratch/apt-with/id" <<'END'
#!/bin/sh
echo 0
END
    fake_program "$scratch/apt-with/apt-get" <<END
#!/bin/sh
echo "\$*" >>"$scratch/apt.calls"
case "\$*" in *install*openjdk-25-jdk-headless*) "$(command -v cp)" -R "$scratch/jdk25" "$scratch/installed" ;; esac
END
    : >"$scratch/apt.calls"
    rm -rf "$scratch/installed"
    got=$(PATH=$scratch/apt-with JDK_PLACES="$scratch/installed" sh -c ". $root/packaging/lib/setup.sh; log=$scratch/install.log; need_jdk; echo JDK=\$JDK" 2>&1)
    contains "$got" "JDK=$scratch/installed" && contains "$(cat "$scratch/apt.calls")" 'install -q -y --no-install-recommends openjdk-25-jdk-headless'
}
check 'a JDK that apt has is installed' installs_from_apt

installs_from_dnf() {
    bare_path "$scratch/dnf"
    fake_program "$scratch/dnf/id" <<'END'
#!/bin/sh
echo 0
END
    fake_program "$scratch/dnf/dnf" <<END
#!/bin/sh
echo "\$*" >>"$scratch/dnf.calls"
case "\$*" in *install*java-25-openjdk-devel*) "$(command -v cp)" -R "$scratch/jdk25" "$scratch/installed" ;; esac
END
    : >"$scratch/dnf.calls"
    rm -rf "$scratch/installed"
    got=$(PATH=$scratch/dnf JDK_PLACES="$scratch/installed" sh -c "root=$root; . $root/packaging/lib/setup.sh; log=$scratch/install.log; need_jdk; need_tools swtpm_setup shellcheck mvn; echo JDK=\$JDK" 2>&1)
    contains "$got" "JDK=$scratch/installed" && contains "$(cat "$scratch/dnf.calls")" '-q -y install java-25-openjdk-devel' &&
        contains "$(cat "$scratch/dnf.calls")" '-q -y install swtpm-tools ShellCheck maven'
}
check 'a JDK and tools that dnf has are installed' installs_from_dnf

tools_without_root() {
    bare_path "$scratch/user"
    fake_program "$scratch/user/id" <<'END'
#!/bin/sh
echo 1000
END
    fake_program "$scratch/user/apt-get" <<'END'
#!/bin/sh
exit 1
END
    if got=$(PATH=$scratch/user sh -c "root=$root; . $root/packaging/lib/setup.sh; log=$scratch/l; need_tools swtpm tpm2_pcrread sed" 2>&1); then return 1; fi
    contains "$got" 'these packages are missing, install them as root, then start again: swtpm tpm2-tools'
}
check 'tools are missing, and not root: one sentence names the packages' tools_without_root

jdk_found() {
    JDK_PLACES="$scratch/jre $scratch/jdk17 $scratch/jdk25" find_jdk && equals "$JDK" "$scratch/jdk25"
}
check 'a JRE and an old JDK are passed over' jdk_found

jdk_in_java_home() {
    JAVA_HOME=$scratch/jdk25 JDK_PLACES='' find_jdk && equals "$JDK" "$scratch/jdk25"
}
check 'JAVA_HOME alone is enough' jdk_in_java_home

ports() {
    mkdir -p "$scratch/net"
    cat >"$scratch/net/tcp" <<'END'
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:232A 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:A1B2 0100007F:232C 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
END
    cat >"$scratch/net/tcp6" <<'END'
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:232B 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
END
    proc_net=$scratch/net
    listening 9002 && listening 9003 && ! listening 9004 && equals "$(free_port 9002)" 9004
    result=$?
    proc_net=/proc/net
    return "$result"
}
check 'ports that are taken, on IPv4 and IPv6, are passed over; connections to them do not count' ports

# host COMMAND: the ground of --host, with COMMAND changing it before it is checked.
host() {
    (
        . "$root/packaging/quickstart.d/host.sh"
        tpm_device=/dev/null
        ima_folder=$scratch/ima
        mkdir -p "$scratch/ima"
        : >"$scratch/ima/ascii_runtime_measurements"
        proc_net=$scratch/nothing
        is_root() { true; }
        eval "$1"
        check_ground
    ) 2>&1
}
host_accepted() {
    equals "$(host :)" ''
}
check '--host: a host with TPM, list and a free port is accepted' host_accepted
host_refused() {
    if got=$(host "$1"); then return 1; fi
    contains "$got" "$2"
}
check '--host: not root' host_refused 'is_root() { false; }' 'start it as root'
check '--host: no TPM' host_refused 'tpm_device=/dev/no-such-tpm' '/dev/no-such-tpm is not there'
check '--host: no list' host_refused 'ima_folder=/no-such-folder' 'cannot be read (expected: a kernel with IMA'
check '--host: another agent listens' host_refused "proc_net=$scratch/net" 'port 9002 is in use: another agent may be running'

bad_option() {
    if sh "$root/packaging/quickstart" --nonsense >"$scratch/out" 2>"$scratch/err"; then code=0; else code=$?; fi
    equals "$code" 64 && contains "$(cat "$scratch/err")" 'usage: packaging/quickstart [--host] [--keep] [--port N]'
}
check 'quickstart: an unknown option shows the usage, exit code 64' bad_option

summary
