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
    for image in "$2"/*/*; do "$BUILD/tests/list/list" fixups "$image"; done | cut -d' ' -f1 | sort -u | tr '\n' ' ' >found
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
