# What a dry run of consolidate says of the programs is what they are afterwards, to the byte, and it writes nothing.
. "$(dirname "$0")/../lib/run_programs.sh"

# checked FOLDER PROGRAM: what check says of it, as consolidate does.
checked() {
    "$VAFIT" check "$1/$2" --profile macos-26 --format json --exit-zero |
        jq -c '.programs[0] | [.image_count, .va.executable + .va.dylibs, .placement.top, .placement.top_slid]'
}
said_of() {
    jq -c ".programs[0].$1 | [.image_count, .va, .top, .top_slid]" "$2"
}
# foreseen NAME PROGRAM [OPTION...]: of the program in the folder `was`.
foreseen() {
    local name=$1 program=$2
    shift 2
    rm -rf now && cp -r was now
    run "$VAFIT" consolidate now/$program --dry-run --format json "$@"
    expect "$name: dry run" 0 -
    cp .out planned
    expect_true "$name: nothing is written" diff -r was now
    expect_same "$name: before, as check has it" <(checked was $program) <(said_of before planned)
    run "$VAFIT" consolidate now/$program --in-place --format json "$@"
    expect "$name: done" 0 -
    cp .out done
    expect_same "$name: after, as check has it" <(checked now $program) <(said_of after planned)
    expect_same "$name: the two reports" <(jq -S 'del(.written)' done) <(jq -S 'del(.written)' planned)
}
for arch in x86_64 arm64; do
    for style in -fixup_chains -no_fixup_chains; do
        rm -rf was
        programs $arch was $style || { fail "$arch $style" <<<'the linker failed'; continue; }
        for program in c/main cxx/shapes throwing/throwing linking/linking; do
            foreseen "$arch $style $program" $program
        done
    done
done

# bound FOLDER/FILE...: how many different symbols LLVM's reader sees these images bind, each image for itself.
bound() {
    local file
    for file in "$@"; do
        llvm-objdump-19 --macho --dyld-info "$file" | awk '$5 == "bind" { print $NF }' | sort -u
    done | wc -l
}
rm -rf was now
small_program x86_64 was -fixup_chains || fail 'building' <<<'the linker failed'
cp -r was now
run "$VAFIT" consolidate now/main --in-place --format json
expect_same 'the imports that are bound by name' \
    <(echo "[$(bound was/main was/*.dylib),$(bound now/main now/libconsolidated.dylib)]") \
    <(jq -c '.programs[0] | [.before.imports, .after.imports]' .out)
rm -rf now && cp -r was now
run "$VAFIT" consolidate now/main --dry-run
expect_same 'in words' <(echo '  images: 2, was 4') <(grep images: .out)
