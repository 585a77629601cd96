# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # root and log are set by the scripts
# What the scripts of this folder share: a JDK, the tools of the distribution, the build, and how to tell about it.
# Sourced by them after they set root, the clone, and log, where the output of steps goes. JDK_PLACES replaces the usual places of a JDK.

say() {
    printf '%s\n' "$*"
}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# step TEXT COMMAND...: one line with a dot each second and the time it took; what COMMAND prints goes to $log,
# its end is shown when it fails. Returns what COMMAND returned.
step() {
    mkdir -p "${log%/*}"
    printf '  %s ' "$1"
    shift
    step_start=$(date +%s)
    (while sleep 1; do printf '.'; done) &
    ticker=$!
    if "$@" >>"$log" 2>&1; then step_result=0; else step_result=$?; fi
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    ticker=
    if [ "$step_result" -eq 0 ]; then
        printf ' %ss\n' "$(($(date +%s) - step_start))"
    else
        printf ' failed with exit code %s, the end of %s:\n' "$step_result" "$log"
        tail -n 25 "$log" | sed 's/^/    | /'
    fi
    return "$step_result"
}

# The feature number of the Java home $1, 0 when it is none.
java_version_of() {
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null | grep . || echo 0
}

# Sets JDK to the first JDK (with a compiler) of 25 or newer: JAVA_HOME, then the usual places.
find_jdk() {
    for place in "${JAVA_HOME:-}" ${JDK_PLACES-/usr/lib/jvm/* /usr/java/* /opt/* /opt/java/*}; do
        if [ -n "$place" ] && [ -x "$place/bin/javac" ] && [ "$(java_version_of "$place")" -ge 25 ]; then
            JDK=$place
            return 0
        fi
    done
    return 1
}

# apt or dnf, or nothing.
package_manager() {
    if command -v apt-get >/dev/null; then
        echo apt
    elif command -v dnf >/dev/null; then
        echo dnf
    fi
}

is_root() {
    [ "$(id -u)" -eq 0 ]
}

# The distribution's package of a JDK 25; fails when it has none (or its lists were never fetched and cannot be).
jdk_package() {
    case $(package_manager) in
    apt)
        if is_root && ! ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1; then
            apt-get update -q >/dev/null 2>&1 || return 1
        fi
        apt-cache show openjdk-25-jdk-headless >/dev/null 2>&1 && echo openjdk-25-jdk-headless
        ;;
    dnf) dnf -q list --available java-25-openjdk-devel >/dev/null 2>&1 && echo java-25-openjdk-devel ;;
    *) return 1 ;;
    esac
}

# A JDK before anything else: found, or installed where the distribution has one; else one sentence and the end.
need_jdk() {
    if ! find_jdk; then
        package=$(jdk_package) || die "no JDK 25 or newer in JAVA_HOME, /usr/lib/jvm, /usr/java or /opt, and this distribution has no package of one: unpack one below /opt or set JAVA_HOME, then start again"
        is_root || die "no JDK 25 or newer found: install the package $package as root, then start again"
        step "Installing $package" install_packages "$package" || die "installing $package failed"
        find_jdk || die "$package was installed, but has no JDK 25 in /usr/lib/jvm: set JAVA_HOME, then start again"
    fi
    # Maven runs on the default Java; its toolchain finds this one wherever it is.
    export JAVA25_HOME="$JDK"
}

install_packages() {
    case $(package_manager) in
    apt)
        DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" && return
        apt-get update -q || return
        DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
        ;;
    dnf) dnf -q -y install "$@" ;;
    *) return 1 ;;
    esac
}

# The package that has the program $1, with the package manager $2.
package_of() {
    case $1 in
    mvn) echo maven ;;
    swtpm_setup) echo swtpm-tools ;;
    qemu-system-x86_64) echo qemu-system-x86 ;;
    mke2fs) echo e2fsprogs ;;
    ssh | ssh-keygen) if [ "$2" = dnf ]; then echo openssh-clients; else echo openssh-client; fi ;;
    dpkg-deb) echo dpkg ;;
    tpm2_*) echo tpm2-tools ;;
    evmctl) echo ima-evm-utils ;;
    shellcheck) if [ "$2" = dnf ]; then echo ShellCheck; else echo shellcheck; fi ;;
    ip) if [ "$2" = dnf ]; then echo iproute; else echo iproute2; fi ;;
    ps) if [ "$2" = dnf ]; then echo procps-ng; else echo procps; fi ;;
    systemd-analyze) echo systemd ;;
    *) echo "$1" ;;
    esac
}

# need_tools PROGRAM...: installs what is absent.
need_tools() {
    manager=$(package_manager)
    missing=
    for tool in "$@"; do
        command -v "$tool" >/dev/null || missing="$missing $(package_of "$tool" "$manager")"
    done
    [ -n "$missing" ] || return 0
    [ -n "$manager" ] || die "these packages are missing, and neither apt-get nor dnf is here to install them:$missing"
    is_root || die "these packages are missing, install them as root, then start again:$missing"
    # shellcheck disable=SC2086 # one word a package
    step "Installing$missing" install_packages $missing || die "installing these packages failed:$missing"
}

# What Keylime's servers need of the distribution beside PyPI.
need_python_packages() {
    /usr/bin/python3 -c 'import ensurepip, venv, gpg' 2>/dev/null && return
    is_root || die "Keylime's servers need python3-venv and python3-gpg: install them as root, then start again"
    case $(package_manager) in
    apt) step "Installing python3-venv python3-gpg" install_packages python3-venv python3-gpg ;;
    *) step "Installing python3-gpg" install_packages python3-gpg ;;
    esac || die "installing python3-gpg failed"
}

tree=$root/packaging/target/attestation-agent
proc_net=/proc/net

# True when the runnable tree is newer than every source of it.
tree_is_current() {
    [ -f "$tree/lib/class-path" ] || return 1
    newer=$(cd "$root" && find pom.xml ./*/pom.xml ./*/src/main packaging/tree -newer "$tree/lib/class-path" -type f 2>/dev/null | head -n 1)
    [ -z "$newer" ]
}

build_tree() {
    if tree_is_current; then
        say "  The runnable tree is up to date: $tree"
        return 0
    fi
    step "Building (mvn package; the first time it downloads its libraries)" maven -q -Dmaven.test.skip=true -Dformat.skip package ||
        die "the build failed: see $log"
}

maven() {
    (cd "$root" && mvn "$@")
}

# free_port FROM: the first TCP port from FROM on which nothing listens here.
free_port() {
    port=$1
    while listening "$port"; do
        port=$((port + 1))
    done
    echo "$port"
}

# True when something listens on the TCP port $1, on whatever address.
listening() {
    cat "$proc_net/tcp" "$proc_net/tcp6" 2>/dev/null | grep -qi "^ *[0-9]*: [0-9A-F]*:$(printf '%04X' "$1") [0-9A-F:]* 0A "
}

# wait_for SECONDS COMMAND...: until COMMAND succeeds.
wait_for() {
    wait_until=$(($(date +%s) + $1))
    shift
    until "$@"; do
        [ "$(date +%s)" -lt "$wait_until" ] || return 1
        sleep 0.2
    done
}
