# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # sourced by packaging/hardship, with its variables

# A first life, so that there is an identity: what the others take up.
first_life() {
    starts env
}
trouble first 'nothing is wrong: it starts' first_life

# A clock that was never set: it answers, and says that its certificate is from the future.
clock_at_1970() {
    tells 'certificate is not valid before' env FAKETIME_DONT_FAKE_MONOTONIC=1 LD_PRELOAD="$(fake_clock)" \
        FAKETIME='@1970-01-01 00:05:00'
}

fake_clock() {
    find /usr/lib /usr/lib64 -name 'libfaketime.so.1' 2>/dev/null | head -n 1
}
trouble clock-1970 'a clock at 1970' clock_at_1970

locale_without_utf8() {
    starts env LC_ALL=C LANG=C
}
trouble locale 'a locale without UTF-8' locale_without_utf8

locale_and_name() {
    mkdir -m 700 'Zustände'
    changed state_dir "\"$work/Zustände\""
    starts env LC_ALL=C LANG=C
}
trouble locale-name 'a locale without UTF-8 and a state directory that needs it' locale_and_name

no_host_name() {
    : >empty
    # shellcheck disable=SC2016 # for the inner shell
    starts unshare --uts --mount sh -c 'mount --bind empty /etc/hostname && mount --bind empty /etc/hosts &&
        python3 -c "import socket; socket.sethostname(\"\")" && exec "$@"' sh
}
trouble host-name 'no host name' no_host_name

ipv6_only() {
    changed ip '"::1"'
    # shellcheck disable=SC2016 # for the inner shell
    starts unshare --net sh -c 'ip link set lo up && ip -4 address flush dev lo && exec "$@"' sh
}
trouble ipv6 'IPv6 only' ipv6_only

no_such_address() {
    changed ip '"192.0.2.7"'
    refuses 78 '192.0.2.7' env
}
trouble address 'an address that the host does not have' no_such_address

port_taken() {
    python3 -c 'import socket, sys, time
s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(600)' "$port" &
    other=$!
    wait_for 20 listening "$port"
    result=0
    refuses 78 "$port" env || result=$?
    kill "$other"
    wait "$other" 2>/dev/null || true
    return "$result"
}
trouble port 'the port is taken' port_taken
