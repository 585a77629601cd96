# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # sourced by packaging/hardship, with its variables

memory() {
    refuses 3 'OutOfMemoryError' env AGENT_JAVA_OPTS='-Xms3m -Xmx3m -Xmn1m'
}
trouble memory 'memory limit reached' memory

address_space() {
    refuses 1 'Could not allocate' prlimit --as=200000000
}
trouble address-space 'no memory for Java' address_space

# moved COMMAND...: the tree elsewhere, changed by the command.
moved() {
    rm -rf moved
    cp -a "$tree" moved
    "$@" && PATH=$work/moved/bin:$PATH starts env
}

damaged() {
    printf 'not an archive' | dd of=moved/lib/agent.jsa bs=4096 seek=3 conv=notrunc status=none
}
trouble archive-damaged 'a damaged class data archive' moved damaged

# That of another build: Java compares the jars' times and sizes, and does without.
other_build() {
    touch moved/lib/attestation-*.jar
}
trouble archive-other 'a class data archive that does not match' moved other_build

no_archive() {
    rm -f moved/lib/agent.jsa
}
trouble archive-missing 'no class data archive' moved no_archive

# What the build's machine had and this one may not: the code is compiled here, for what is here.
old_processor() {
    starts env AGENT_JAVA_OPTS='-XX:UseSSE=2 -XX:UseAVX=0 -XX:-UseSHA -XX:-UseAES'
}
trouble processor 'a processor without AVX, AES and SHA' old_processor
