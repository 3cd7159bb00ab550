# Fixups: what vafit reads of real programs is what llvm-objdump-19 reads, one by one.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/listed.sh"

# programs ARCH STYLE FOLDER: every kind of program of tests/programs.
programs() {
    local kind
    for kind in small cxx throwing linking; do
        "${kind}_program" "$1" "$3/$kind" "$2" || return
    done
}

# all_same NAME FOLDER
all_same() {
    local image
    for image in "$2"/*/*; do same_fixups "$1: ${image#*/}" "$image"; done
}

# kinds NAME FOLDER WORD...: that what was compared had each kind of line, so that the comparison says something.
kinds() {
    for image in "$2"/*/*; do "$BUILD/tests/dump_macho/dump_macho" fixups "$image"; done | cut -d' ' -f1 | sort -u | tr '\n' ' ' >found
    printf '%s ' "${@:3}" >wanted
    expect_same "$1: there is each kind" wanted found
}

for arch in arm64 x86_64; do
    programs $arch -fixup_chains $arch-chained && programs $arch -no_fixup_chains $arch-classic ||
        fail "building for $arch" <<<'clang or the linker failed'
    cp -r $arch-chained $arch-format6
    for folder in $arch-format6/*; do pointer_format_6 "$folder"; done
    all_same "$arch, chained" $arch-chained
    kinds "$arch, chained" $arch-chained bind import rebase
    all_same "$arch, pointer format 6" $arch-format6
    all_same "$arch, opcodes" $arch-classic
    kinds "$arch, opcodes" $arch-classic bind lazy rebase weak
done

# --- malformed ones, without an original ---

# changed NAME FILE FIELD VALUE: a copy with one field changed; its page hashes are left as they are.
changed() { cp "$1" copy && "$POKE" copy "$2" "$3"; }
main=x86_64-chained/small/main
offset=$(llvm-otool-19 -l $main | awk '$2 == "LC_DYLD_CHAINED_FIXUPS" { f = 1 } f && $1 == "dataoff" { print $2; exit }')
changed $main @$((offset + 20)):4 9
run "$VAFIT" verify copy
expect 'verify: chained fixups that cannot be read' 1 '' 'vafit: copy: chained fixups imports_format: 9 is unknown'
run "$VAFIT" shrink copy --level locals --unstripped none -o shrunk
expect 'shrink refuses chained fixups that cannot be read' 3 '' \
    'vafit: copy: chained fixups imports_format: 9 is unknown'
expect_true 'shrink refuses: nothing is written' test ! -e shrunk

# The first pointer of __DATA_CONST, __got's, is a bind; that its next is 4 * 0xfff bytes on is in its last two
# bytes but for the lowest three bits.
got=$(llvm-otool-19 -l $main | awk '$1 == "sectname" { s = $2 } s == "__got" && $1 == "offset" { print $2; exit }')
address=$(llvm-otool-19 -l $main | awk '$1 == "sectname" { s = $2 } s == "__got" && $1 == "addr" { sub(/0x0*/, "0x", $2); print $2; exit }')
changed $main @$((got + 6)):2 0xfff8
run "$VAFIT" verify copy
expect 'verify: a chain that leaves its page' 1 '' \
    "vafit: copy: chained fixups $address (__DATA_CONST) next: 0x3ffc bytes on there is no room left in the page"

main=x86_64-classic/small/main
offset=$(llvm-otool-19 -l $main | awk '$1 == "rebase_off" { print $2; exit }')
changed $main @"$offset":1 0xf0
run "$VAFIT" verify copy
expect 'verify: opcodes that cannot be read' 1 '' 'vafit: copy: rebase opcodes byte 0x0: opcode 0xf0 is unknown'
run "$VAFIT" shrink copy --level locals --unstripped none -o shrunk
expect 'shrink refuses opcodes that cannot be read' 3 '' 'vafit: copy: rebase opcodes byte 0x0: opcode 0xf0 is unknown'

# Each slice of a universal file is looked at.
llvm-lipo-19 -create x86_64-classic/small/main arm64-chained/small/main -output both
run "$VAFIT" verify both
expect 'verify: a universal file' 0 'both: well formed'
# The header has 20 bytes a slice: the type of its processor at byte 8, its offset at byte 16.
big() { od -An -tu4 --endian=big -j"$1" -N4 both | tr -d ' '; }
slice=0
[ "$(big 8)" = $((0x01000007)) ] || slice=20
offset=$(($(big $((slice + 16))) + offset))
cp both copy
printf '\360' | dd of=copy bs=1 seek=$offset conv=notrunc status=none
run "$VAFIT" verify copy
expect 'verify: opcodes of one slice that cannot be read' 1 '' \
    'vafit: copy: rebase opcodes byte 0x0: opcode 0xf0 is unknown'
