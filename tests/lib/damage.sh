# What the story of damages uses: a good rewritten file, its original, and what verify says of a copy
# in which something was changed.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"

# A sanitizer's report has a status of its own, so that it passes for no verdict.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99
export UBSAN_OPTIONS=${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}exitcode=99

declare -A at

# take GOOD ORIGINAL: what the damages below are done to and held against. Fills at[KEY.FIELD], where KEY
# is "LC_UUID" (the first of its name), "LC_LOAD_DYLIB[1]", "__TEXT" or "__TEXT,__text", and FIELD is as
# llvm-otool-19 names it, or "start", the command's offset in the file, or "index".
take() {
    local key value
    good=$1 original=$2
    at=()
    while read -r key value; do
        case $value in 0x*) value=$((value)) ;; esac
        at[$key]=$value
    done < <(llvm-otool-19 -l "$good" | awk '
        BEGIN { next_start = 32 }
        /^Load command/ { index_ = $3; section = ""; segment = ""; next }
        $1 == "Section" { section = "?"; next }
        $1 == "cmd" { name = $2; n = seen[name]++; key = n ? name "[" n "]" : name; next }
        $1 == "cmdsize" {
            start = next_start; next_start += $2
            print key ".start", start; print key ".index", index_; print key ".cmdsize", $2; next }
        section != "" && $1 == "sectname" { section = $2; next }
        section != "" && $1 == "segname" { section = $2 "," section; next }
        section != "" { print section "." $1, $2; next }
        name == "LC_SEGMENT_64" && $1 == "segname" {
            key = $2; print key ".start", start; print key ".index", index_ }
        { print key "." $1, $2 }
        END { print "head.size", next_start }')
    code_limit=${at[LC_CODE_SIGNATURE.dataoff]:-0}
    file_size=$(stat -c %s "$good")
}

# The number at an offset of the good file: byte, u32, u32_big and u64.
byte() { number "$1" 1; }
u32() { number "$1" 4; }
u64() { number "$1" 8; }
u32_big() { number "$1" 4 --endian=big; }
number() { od -An -v -tu"$2" -j"$1" -N"$2" ${3:+"$3"} "$good" | tr -d ' '; }

hex() { printf '0x%x' "$1"; }

# poke_all FILE FIELD=VALUE...: changes one field after the other; poke's main.c says what they are.
poke_all() {
    local change
    for change in "${@:2}"; do
        "$POKE" "$1" "${change%=*}" "${change##*=}" || return
    done
}

# The finding of the first page whose bytes, before the good file's signature, are no more what they were.
bad_page() {
    local first
    [ "$code_limit" != 0 ] || return 0
    first=$(cmp -l -n "$code_limit" "$good" copy 2>/dev/null | awk '{ print $1 - 1; exit }')
    [ -z "$first" ] || printf 'code signature page %d: its hash does not match the bytes at 0x%x\n' \
        $((first / 4096)) $((first / 4096 * 4096))
}

# judged NAME STATUS FINDINGS: what verify finds of the file `copy`, which is held against the original:
# FINDINGS, a line each and without "vafit: copy: ". One that two looks found is expected once or twice.
judged() {
    run "$VAFIT" verify copy --against "$original"
    # What dyld's rules say of the image by itself is judged elsewhere.
    grep -v ' (rule [a-z-]*[^()]*)$' .err >.compared
    mv .compared .err
    expect "$1" "$2" '' "$(sed 's/^/vafit: copy: /' <<<"$3")"
}

# damage NAME STATUS FINDINGS FIELD=VALUE...: the same of a copy of the good file with these fields changed;
# the page hash that is broken by it is found too where the image can be read.
damage() {
    local findings=$3 page=
    cp "$good" copy
    if ! poke_all copy "${@:4}" 2>.poke; then
        fail "$1" <.poke
        return
    fi
    [ "$2" = 3 ] || page=$(bad_page)
    judged "$1" "$2" "${page:+$page${findings:+$NEWLINE}}$findings"
}

# malformed NAME FIRST FINDINGS FIELD=VALUE...: the same, where a parser finds FIRST before page hashes are
# looked at.
malformed() {
    local page
    cp "$good" copy
    if ! poke_all copy "${@:4}" 2>.poke; then
        fail "$1" <.poke
        return
    fi
    page=$(bad_page)
    judged "$1" 1 "$2${page:+$NEWLINE$page}${3:+$NEWLINE$3}"
}

# found NAME FIELD=VALUE...: verify has to find such a change, whatever it calls it.
found() {
    cp "$good" copy
    poke_all copy "${@:2}" 2>.poke || { fail "$1" <.poke; return; }
    found_in_copy "$1"
}

found_in_copy() {
    run "$VAFIT" verify copy --against "$original"
    if [ "$status" = 1 ] && [ ! -s .out ] && [ -s .err ]; then pass "$1"; else
        { echo "exit status $status, expected 1 and a finding"; cat .out .err; } | fail "$1"
    fi
}

# flip OFFSET: sets $change to the field that turns a byte round, and $bytes to "0xNEW, was 0xOLD".
flip() {
    local old
    old=$(byte "$1")
    change="@$1:1=$((old ^ 255))"
    bytes=$(printf '0x%02x, was 0x%02x' $((old ^ 255)) "$old")
}

# content NAME SEGMENT OFFSET [FIRST]: a byte outside the load commands and __LINKEDIT turned round; FIRST as
# for malformed.
content() {
    local finding
    flip "$3"
    finding="$2: differs at address $(hex $((at[$2.vmaddr] + $3 - at[$2.fileoff]))): $bytes"
    if [ $# = 3 ]; then damage "$1" 1 "$finding" "$change"; else malformed "$1" "$4" "$finding" "$change"; fi
}

# in_command NAME KEY OFFSET [COMMAND]: a byte of a load command turned round.
in_command() {
    local offset=$((at[$2.start] + $3))
    flip $offset
    damage "$1" 1 "load command ${at[$2.index]} (${4:-LC_SEGMENT_64}): differs at byte $(hex $offset) of the slice: $bytes" "$change"
}
