# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154 # work, run, pids, tree and the others are set by the quickstart
# The quickstart's way of telling: chapters, commands with what they print, and the verdicts it insists on.

chapter() {
    printf '\n%s\n' "$1"
}

# shown COMMAND...: the command as one would type it, and its output; its exit code is not judged.
shown() {
    if [ "$1" = verify ]; then
        shift
        say "  \$ agent verify $url --cert verifier.crt --key verifier.key --ca agent.crt --ak ak.tpm2b --state verifier.state $*"
        set -- verify "$@"
    else
        say "  \$ $*"
    fi
    if "$@" >command.out 2>&1; then shown_result=0; else shown_result=$?; fi
    sed 's/^/  | /' command.out
    cat command.out >>"$log"
}

# expect CODE COMMAND...: shown, and the end of the quickstart when the exit code is another.
expect() {
    expected=$1
    shift
    shown "$@"
    say "  exit code $shown_result"
    [ "$shown_result" -eq "$expected" ] ||
        die "exit code $shown_result (expected: $expected) from the command above: see $work/agent.log for the agent's side"
}

mkdir_work() {
    rm -rf "$1"
    mkdir -p "$1"
    chmod 700 "$1"
}

refuse_while_running() {
    if [ -f "$1/kept" ] && kill -0 "$(head -n 1 "$1/kept")" 2>/dev/null; then
        die "one that was started with --keep is still running, stop it first: $1/stop"
    fi
}

make_pki() {
    {
        openssl ecparam -name prime256v1 -genkey -noout -out verifier-ca.key
        openssl req -x509 -new -key verifier-ca.key -subj /CN=quickstart-verifier-ca -days 2 -out verifier-ca.crt
        openssl ecparam -name prime256v1 -genkey -noout -out verifier.ec
        openssl pkcs8 -topk8 -nocrypt -in verifier.ec -out verifier.key
        openssl req -new -key verifier.key -subj /CN=quickstart-verifier -out verifier.csr
        printf 'extendedKeyUsage=clientAuth\n' >verifier.ext
        openssl x509 -req -in verifier.csr -CA verifier-ca.crt -CAkey verifier-ca.key -CAcreateserial -days 2 \
            -extfile verifier.ext -out verifier.crt
    } >>"$log" 2>&1 || die "openssl failed: see $log"
    rm -f verifier.ec verifier.csr verifier.ext
}

write_config() {
    cat <<END
[agent]
uuid = "0d5c7e5a-7c3b-4c55-9a0e-6f7a5b1d9002"
state_dir = "$work/state"

[https]
ip = "127.0.0.1"
port = $port
trusted_client_ca = ["$work/verifier-ca.crt"]

[tpm]
tcti = "$tcti"

[ima]
list = "$list"
count = "$count"

[status]
socket = "$run/agent.sock"
group = "$(getent group "$(id -g)" | cut -d: -f1 | grep . || id -g)"
END
}

# True when it answers healthy or degraded on its status socket, and when it ended, since then waiting is over too.
agent_ready_or_gone() {
    gone "$agent_pid" && return
    if agent status --config agent.toml; then ready=0; else ready=$?; fi
    [ "$ready" -le 1 ]
}

start_agent() {
    agent run --config agent.toml >agent.log 2>&1 &
    agent_pid=$!
    pids="$agent_pid $pids"
    step "Waiting until it is ready" wait_for 60 agent_ready_or_gone || agent_failed "is not ready after 60 s"
    gone "$agent_pid" && agent_failed "ended by itself"
    return 0
}

agent_failed() {
    printf '\n'
    tail -n 20 "$work/agent.log" | sed 's/^/  | /'
    die "the agent $1: see $work/agent.log"
}

# refit FOLDER: the checksums of an evidence folder, made to fit what is in it now, as a forger would.
refit() {
    (cd "$1" && sed 's/^[0-9a-f]*  //' manifest.sha256 | xargs sha256sum >../manifest.refit && mv ../manifest.refit manifest.sha256)
}

stop_agent_and_check() {
    kill "$agent_pid"
    if wait "$agent_pid"; then stopped=0; else stopped=$?; fi
    [ "$stopped" -eq 0 ] || die "the agent ended with exit code $stopped on SIGTERM (expected: 0): see $work/agent.log"
}

gone() {
    ! kill -0 "$1" 2>/dev/null
}

stop_all() {
    [ -z "${ticker:-}" ] || kill "$ticker" 2>/dev/null || true
    for pid in $pids; do
        kill "$pid" 2>/dev/null || true
    done
    for pid in $pids; do
        wait_for 10 gone "$pid" || kill -9 "$pid" 2>/dev/null || true
    done
    rm -rf "$run"
}

leave_running() {
    printf '%s\n' "$agent_pid" >kept
    {
        echo '#!/bin/sh'
        echo "# Ends what packaging/quickstart --keep left running."
        echo "kill $pids; rm -rf '$run' '$work/kept'"
    } >stop
    chmod +x stop
    say "  Left running on port $port. To try, in another shell:"
    say ""
    say "    cd $work; export JAVA_HOME=$JAVA_HOME PATH=$tree/bin:\$PATH"
    say "    agent status --config agent.toml"
    say "    agent verify $url --cert verifier.crt --key verifier.key --ca agent.crt --ak ak.tpm2b"
    say "    curl --unix-socket $run/agent.sock http://localhost/status"
    say "    tail -f agent.log"
    ground_to_try
    say ""
    say "  To stop it: $work/stop"
}
