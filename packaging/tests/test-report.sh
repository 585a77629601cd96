#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The report of packaging/check: what fails it, on reports as Surefire writes them.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
. "$root/packaging/lib/setup.sh"
. "$root/packaging/lib/testing.sh"
find_jdk || die "no JDK 25 or newer found"

# project NAME: an empty project with one module, its tests' report from standard input.
project() {
    project=$scratch/$1
    mkdir -p "$project/packaging" "$project/tpm/target/surefire-reports" "$project/tpm/src/test/java"
    : >"$project/tpm/pom.xml"
    : >"$project/tpm/src/test/java/SomeTest.java"
    : >"$project/packaging/allowed-skips"
    cat >"$project/tpm/target/surefire-reports/TEST-a.SomeTest.xml"
}

# report EXPECTED_CODE SCRIPTS_PASSED SCRIPTS_FAILED
report() {
    if got=$("$JDK/bin/java" "$root/packaging/check.d/TestReport.java" "$project" "$2" "$3" 2>&1); then code=0; else code=$?; fi
    equals "$code" "$1" || {
        echo "$got"
        return 1
    }
}
last_line() {
    equals "$(echo "$got" | tail -n 1)" "$1"
}

all_pass() {
    project pass <<'END'
<testsuite><testcase name="one" classname="a.SomeTest"/><testcase name="two" classname="a.SomeTest"><system-out>x</system-out></testcase></testsuite>
END
    report 0 5 0 && last_line '7 passed, 0 failed, 0 skipped'
}
check 'all pass: modules and scripts are counted together' all_pass

failures() {
    project fail <<'END'
<testsuite><testcase name="one" classname="a.SomeTest"><failure message="x"/></testcase><testcase name="two" classname="a.SomeTest"><error/></testcase><testcase name="three" classname="a.SomeTest"/></testsuite>
END
    report 1 0 0 && contains "$got" 'failed: a.SomeTest#one' && last_line '1 passed, 2 failed, 0 skipped'
}
check 'a failure and an error fail it, named' failures

script_failure() {
    project script <<'END'
<testsuite><testcase name="one" classname="a.SomeTest"/></testsuite>
END
    report 1 3 1 && last_line '4 passed, 1 failed, 0 skipped'
}
check 'a failed test of a script fails it' script_failure

skipped_project() {
    project skip <<'END'
<testsuite><testcase name="one(int)[1]" classname="a.SomeTest"><skipped message="x"/></testcase><testcase name="two" classname="a.SomeTest"/></testsuite>
END
}
skip_unnamed() {
    skipped_project
    report 1 0 0 && contains "$got" 'skipped, but not named in packaging/allowed-skips: a.SomeTest#one' && last_line '1 passed, 0 failed, 1 skipped'
}
check 'a skip that is not named fails it' skip_unnamed

skip_named() {
    skipped_project
    echo 'a.SomeTest#one there is no such TPM here' >"$project/packaging/allowed-skips"
    report 0 0 0 && contains "$got" 'skipped: a.SomeTest#one - there is no such TPM here'
}
check 'a skip that is named passes, with its reason' skip_named

skip_without_reason() {
    skipped_project
    echo 'a.SomeTest#one' >"$project/packaging/allowed-skips"
    report 1 0 0 && contains "$got" 'no reason for a.SomeTest#one'
}
check 'a skip without a reason fails it' skip_without_reason

skip_stale() {
    skipped_project
    printf 'a.SomeTest#one reason\na.SomeTest#two reason\n' >"$project/packaging/allowed-skips"
    report 1 0 0 && contains "$got" 'stale, was not skipped: a.SomeTest#two'
}
check 'a stale entry fails it' skip_stale

skip_by_machine() {
    skipped_project
    printf 'a.SomeTest#one reason\n?a.SomeTest#two needs a TPM\n' >"$project/packaging/allowed-skips"
    report 0 0 0
}
check 'an entry that depends on the machine may be stale' skip_by_machine

nothing_ran() {
    project none </dev/null
    rm "$project"/tpm/target/surefire-reports/*
    report 1 3 0 && contains "$got" 'module tpm: has tests, but none ran'
}
check 'a module with tests that ran none fails it' nothing_ran

summary
