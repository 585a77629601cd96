# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # root is set by the tests
# What the tests of the shell scripts share. A test file calls check NAME COMMAND... and ends with: summary

passed=0
failed=0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/script-test.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# check NAME COMMAND...: passes when COMMAND succeeds; what it printed is shown otherwise.
check() {
    name=$1
    shift
    if "$@" >"$scratch/output" 2>&1; then
        passed=$((passed + 1))
        printf 'ok      %s\n' "$name"
    else
        failed=$((failed + 1))
        printf 'FAILED  %s\n' "$name"
        sed 's/^/        | /' "$scratch/output"
    fi
}

equals() {
    [ "$1" = "$2" ] || {
        printf 'got:      %s\nexpected: %s\n' "$1" "$2"
        return 1
    }
}

contains() {
    case $1 in
    *"$2"*) ;;
    *)
        printf 'got:               %s\nexpected in it:    %s\n' "$1" "$2"
        return 1
        ;;
    esac
}

lacks() {
    case $1 in
    *"$2"*)
        printf 'got:               %s\nnot expected in it: %s\n' "$1" "$2"
        return 1
        ;;
    esac
}

summary() {
    printf '%s passed, %s failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# fake_java FOLDER VERSION [jdk]: a Java home whose java prints its arguments, one a line, and its process id first.
fake_java() {
    mkdir -p "$1/bin"
    printf 'IMPLEMENTOR="test"\nJAVA_VERSION="%s"\n' "$2" >"$1/release"
    cat >"$1/bin/java" <<'END'
#!/bin/sh
echo "pid=$$"
echo "home=${0%/bin/java}"
echo "LC_ALL=${LC_ALL-}"
for argument in "$@"; do
    printf '[%s]\n' "$argument"
done
END
    chmod +x "$1/bin/java"
    if [ "${3:-}" = jdk ]; then
        cp "$1/bin/java" "$1/bin/javac"
    fi
}

# bare_path FOLDER PROGRAM...: a PATH with these programs and the basic ones only; files, no links, since fakes replace them.
bare_path() {
    bare=$1
    shift
    mkdir -p "$bare"
    for program in sh cat cp cut date dirname env grep head id ls mkdir mktemp mv readlink rm sed sleep tail uname "$@"; do
        printf '#!/bin/sh\nexec "%s" "$@"\n' "$(command -v "$program")" >"$bare/$program"
        chmod +x "$bare/$program"
    done
}

# fake_program FILE: a program with the script from standard input; in the place of a link, never through it.
fake_program() {
    rm -f "$1"
    cat >"$1"
    chmod +x "$1"
}
