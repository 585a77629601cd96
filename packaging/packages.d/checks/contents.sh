# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # sourced by packaging/packages, with its variables
# What is in both packages, for whom, and with which scripts.

dpkg-deb -x "$deb" "$scratch/deb"
dpkg-deb -e "$deb" "$scratch/control"
mkdir "$scratch/rpm"
(cd "$scratch/rpm" && rpm2cpio "$rpm" | cpio -idm --quiet)

size() {
    for package in "$deb" "$rpm"; do
        [ "$(stat -c %s "$package")" -le "$1" ] || {
            ls -l "$package"
            return 1
        }
    done
}
check 'neither package is larger than 40 MB' size 40000000

owners() {
    dpkg-deb -c "$deb" | awk '$2 != "root/root" { print; bad = 1 } END { exit bad }' &&
        equals "$(rpm -qp --nosignature --qf '[%{FILEUSERNAME}:%{FILEGROUPNAME}\n]' "$rpm" | sort -u)" root:root
}
check 'everything belongs to root' owners

modes() {
    writable=$(dpkg-deb -c "$deb" | awk '$1 !~ /^l/ && substr($1, 6, 1) substr($1, 9, 1) != "--"')
    equals "$writable" '' || return 1
    executables=$(dpkg-deb -c "$deb" | awk '$1 ~ /^-..x/ { print $6 }' | sort)
    equals "$executables" ./usr/lib/attestation-agent/bin/agent'
'./usr/lib/attestation-agent/bin/grant-read'
'./usr/lib/attestation-agent/bin/mount-secure'
'./usr/lib/attestation-agent/bin/run-payload'
'./usr/lib/attestation-agent/runtime/bin/java'
'./usr/lib/attestation-agent/runtime/lib/jspawnhelper || return 1
    equals "$(find "$scratch/rpm" -type f -perm /111 | sed "s|$scratch/rpm|.|" | sort)" "$executables"
}
check 'nothing is writable by others, six files are executable' modes

same_files() {
    (cd "$scratch/deb" && find . ! -type d ! -path '*/lintian/*' ! -name changelog.Debian.gz -exec sha256sum {} + 2>/dev/null |
        sed 's|zsh/vendor-completions|zsh/site-functions|' | sort) >"$scratch/deb.files"
    (cd "$scratch/rpm" && find . ! -type d -exec sha256sum {} + 2>/dev/null | sort) >"$scratch/rpm.files"
    diff "$scratch/deb.files" "$scratch/rpm.files"
}
check 'the .rpm has the files of the .deb' same_files

time_stamps() {
    stamp=$(stat -c %Y "$scratch/deb/usr/lib/attestation-agent/lib/agent.jsa")
    for tree in deb rpm; do
        equals "$(find "$scratch/$tree" -type f -exec stat -c %Y {} + | sort -u)" "$stamp" || return 1
    done
}
check 'all files have one time, which the class data archive knows' time_stamps

configuration() {
    equals "$(cat "$scratch/control/conffiles")" /etc/attestation-agent/agent.toml || return 1
    equals "$(rpm -qpc --nosignature "$rpm")" /etc/attestation-agent/agent.toml || return 1
    equals "$(rpm -qp --nosignature --qf '[%{FILENAMES} %{FILEFLAGS:fflags} %{FILEMODES:perms}\n]' "$rpm" | grep agent.toml$)" '' ||
        contains "$(rpm -qp --nosignature --qf '[%{FILENAMES} %{FILEFLAGS:fflags} %{FILEMODES:perms}\n]' "$rpm" | grep '/agent.toml ')" 'cn -rw-r-----'
}
check 'the configuration is one, stays when it was changed, and is not for everyone' configuration

scripts_parse() {
    for script in postinst prerm postrm; do
        dash -n "$scratch/control/$script" && bash --posix -n "$scratch/control/$script" || return 1
    done
    for script in post posttrans preun postun; do
        dash -n "$root/packaging/packages.d/rpm/$script" && bash --posix -n "$root/packaging/packages.d/rpm/$script" || return 1
        contains "$(rpm -qp --nosignature --scripts "$rpm")" "$(tail -n 3 "$root/packaging/packages.d/rpm/$script")" || return 1
    done
}
check 'the scripts of both packages are what they are in the sources, and parse as dash and bash read them' scripts_parse

own_digests() {
    while read -r digest path; do
        case $path in
        /var/lib/dpkg/*) file=$scratch/control/${path##*[./]} ;;
        *) file=$scratch/deb$path ;;
        esac
        equals "$(sha256sum <"$file")" "$digest  -" || {
            echo "$path"
            return 1
        }
        echo "$path" >>"$scratch/named"
    done <"$scratch/deb/usr/lib/attestation-agent/lib/own-files.sha256"
    (cd "$scratch/deb" && find usr -type f ! -name own-files.sha256 -printf '/%p\n') | sort >"$scratch/installed"
    sort "$scratch/named" | comm -13 - "$scratch/installed" >"$scratch/missing"
    equals "$(cat "$scratch/missing")" ''
}
check 'the digests of own files are right and complete, maintainer scripts included' own_digests

units=usr/lib/systemd/system
# Together, with the drop-in for payload scripts in its place.
unit_verifies() {
    mkdir -p "$scratch/unit/attestation-agent.service.d"
    for file in "$scratch/deb/$units"/*; do
        sed "s|/usr/lib/attestation-agent/|$scratch/deb&|g" "$file" >"$scratch/unit/${file##*/}"
    done
    cp "$scratch/deb/usr/share/attestation-agent/payload-scripts.conf" "$scratch/unit/attestation-agent.service.d/"
    cp "$scratch/unit/attestation-agent-payload@.service" "$scratch/unit/attestation-agent-payload@0.service"
    got=$(systemd-analyze verify --man=no "$scratch/unit/attestation-agent.service" "$scratch/unit/attestation-agent-payload.socket" \
        "$scratch/unit/attestation-agent-payload@0.service" 2>&1 | grep -i -e attestation -e payload || true)
    equals "$got" ''
}
check 'systemd-analyze finds nothing wrong with the units' unit_verifies

exposure() {
    for file in "$scratch/deb/$units"/*.service; do
        got=$(systemd-analyze security --offline=yes --no-pager "$file" | sed -n 's/.*exposure level for .*: \([0-9.]*\).*/\1/p')
        echo "${file##*/}: exposure $got"
        lacks "$(cat "$file")" IPAddress && [ -n "$got" ] && awk "BEGIN { exit !($got <= 1.3) }" || return 1
    done
}
check 'exposure of both services is 1.3 or less, without IPAddress lines' exposure

no_capability() {
    for file in "$scratch/deb/$units"/*.service; do
        grep -qx 'CapabilityBoundingSet=' "$file" && grep -qx 'AmbientCapabilities=' "$file" || return 1
    done
}
check 'neither service has a capability' no_capability

unit_options() {
    sed 's/^/[/; s/$/]/' "$scratch/deb/usr/lib/attestation-agent/lib/run.options" >"$scratch/unit.words"
    fake_java "$scratch/fake" 25
    mkdir -p "$scratch/bare/usr/lib"
    cp -R "$scratch/deb/usr/lib/attestation-agent" "$scratch/bare/usr/lib/"
    rm -r "$scratch/bare/usr/lib/attestation-agent/runtime"
    env -u JAVA_HOME -u AGENT_JAVA_OPTS AGENT_JAVA_PLACES="$scratch/fake" "$scratch/bare/usr/lib/attestation-agent/bin/agent" run |
        grep '^\[' | sed "s|$scratch/bare||g" | grep -vx '\[run\]' | diff - "$scratch/unit.words"
}
check 'the unit starts Java with the words of the launcher' unit_options

documents() {
    for page in man5/agent.toml.5 man8/agent.8; do
        zcat "$scratch/deb/usr/share/man/$page.gz" >"$scratch/page"
        mandoc -T lint -W error "$scratch/page" || return 1
    done
    bash -n "$scratch/deb/usr/share/bash-completion/completions/agent" &&
        zsh -n "$scratch/deb/usr/share/zsh/vendor-completions/_agent" &&
        fish -n "$scratch/deb/usr/share/fish/vendor_completions.d/agent.fish"
}
check 'manual pages and completions parse' documents

samples() {
    "$scratch/deb/usr/lib/attestation-agent/bin/agent" ima policy check \
        "$scratch/deb/usr/share/attestation-agent/ima-policies/remote-attestation" &&
        cmp "$scratch/deb/usr/share/attestation-agent/monitoring/alerts.yml" "$root/packaging/monitoring/share/alerts.yml" &&
        python3 -m json.tool "$scratch/deb/usr/share/attestation-agent/monitoring/dashboard.json" /dev/null
}
check 'policies, alert rules and dashboard are there, and what they should be' samples

bash_completes() {
    # shellcheck disable=SC2016 # for the inner shell
    got=$(bash --norc -c '. "$1"; COMP_WORDS=(agent ver); COMP_CWORD=1; _complete_agent agent ver agent; printf "%s\n" "${COMPREPLY[@]}"' \
        bash "$scratch/deb/usr/share/bash-completion/completions/agent" | sed 's/ *$//' | sort | tr '\n' ' ')
    equals "$got" 'verify version '
}
check 'bash completes a command' bash_completes

fish_says() {
    HOME=$scratch XDG_CONFIG_HOME=$scratch fish --no-config \
        -c "source '$scratch/deb/usr/share/fish/vendor_completions.d/agent.fish'; complete -C '$1'" | cut -f1 | sort | tr '\n' ' '
}

fish_completes() {
    equals "$(fish_says 'agent ver')" 'verify version ' && equals "$(fish_says 'agent ima policy ch')" 'check ' &&
        contains "$(fish_says 'agent ima policy check --')" '--help '
}
check 'fish completes a command, one at the third level, and its options' fish_completes

bill_of_materials() {
    bom=$scratch/deb/usr/share/doc/attestation-agent/attestation-agent.cdx.json
    cmp "$bom" "$packages/attestation-agent.cdx.json" || return 1
    for jar in "$scratch"/deb/usr/lib/attestation-agent/lib/*.jar; do
        library=$(basename "$jar" .jar | sed 's/-[0-9][0-9A-Za-z.]*$//')
        case $library in
        attestation-*) grep -q "\"content\" : \"$(sha256sum <"$jar" | cut -d' ' -f1)\"" "$bom" || {
            echo "another digest than in the bill: $library"
            return 1
        } ;;
        *) grep -q "\"name\" : \"$library\"" "$bom" || {
            echo "not in the bill: $library"
            return 1
        } ;;
        esac
    done
    python3 -m json.tool "$bom" /dev/null && grep -q '"bom-ref" : "pkg:generic/openjdk@25' "$bom"
}
check 'the bill of materials names every library, the Java runtime, and the digests of our jars' bill_of_materials

sums() {
    (cd "$packages" && sha256sum -c --quiet SHA256SUMS) && equals "$(grep -c '' "$packages/SHA256SUMS")" 3
}
check 'SHA256SUMS names both packages and the bill' sums
