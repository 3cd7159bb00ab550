# What the stories about malformed inputs share. Each input is a well-formed file with few fields
# changed; vafit must say in one line which file and which field is wrong, and write nothing.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"

# A sanitizer's report has a status of its own, so that it passes for no verdict.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99
export UBSAN_OPTIONS=${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}exitcode=99

shopt -s dotglob globstar nullglob
mkdir good case
cd case || exit 1

# make_executable FILE [OPTION...] and make_dylib FILE [OPTION...]: images of four segments of 16 KiB
# each, at 0, 0x4000, 0x8000 and 0xc000 of the file and, for dylibs, of memory.
make_executable() {
    "$MAKE_MACHO" image --out "$1" --type execute --segment __PAGEZERO=0+4GiB \
        --segment __TEXT=0x100000000+16KiB --segment __DATA_CONST=0x100004000+16KiB \
        --segment __DATA=0x100008000+16KiB --segment __LINKEDIT=0x10000c000+16KiB "${@:2}"
}

make_dylib() {
    "$MAKE_MACHO" image --out "$1" --type dylib --segment __TEXT=0+16KiB \
        --segment __DATA_CONST=0x4000+16KiB --segment __DATA=0x8000+16KiB \
        --segment __LINKEDIT=0xc000+16KiB "${@:2}"
}

# poke_all FILE FIELD=VALUE...: changes one field after the other; poke's main.c says what they are.
poke_all() {
    local change
    for change in "${@:2}"; do
        "$POKE" "$1" "${change%=*}" "${change##*=}" || return
    done
}

# refused NAME STATUS ERROR COMMAND...: the command prints ERROR and nothing else, and writes no file.
refused() {
    local before=(**) after
    run "${@:4}" --output report/check.json --depfile report/check.d
    after=(**)
    if [ "${before[*]}" != "${after[*]}" ]; then
        fail "$1" <<<"files before: ${before[*]}, after: ${after[*]}"
        rm -rf report
    else
        expect "$1" "$2" '' "$3"
    fi
}

# malformed NAME ERROR [FIELD=VALUE...]: a copy of the file $good with these fields changed is
# refused with "vafit: FILE: ERROR".
malformed() {
    local file=${good##*/}
    cp "$good" "$file"
    if poke_all "$file" "${@:3}" 2>.poke; then
        rm -f .poke
        refused "$1" 3 "vafit: $file: $2" "$VAFIT" check "$file"
    else
        fail "$1" <.poke
    fi
}

# number FILE OFFSET: the little-endian 32-bit number that stands there.
number() {
    local number
    number=$(od -An -v -tu4 -j"$2" -N4 "$1")
    printf '%d' "$number"
}

# command_offset FILE COMMAND: where in a thin file its first load command of that number begins.
command_offset() {
    local words i=8
    words=($(od -An -v -tu4 -N65536 "$1"))
    while [ "${words[i]}" != $(($2)) ]; do
        i=$((i + words[i + 1] / 4))
    done
    printf '%d' $((4 * i))
}
