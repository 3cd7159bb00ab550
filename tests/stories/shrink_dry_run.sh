# shrink --dry-run of several images: each, and their sum, as text and JSON.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

small_program arm64 program || { fail 'building' <<<'the linker failed'; exit; }

linkedit() {
    llvm-otool-19 -l "$1" | awk '$1 == "segname" { name = $2 } $1 == "filesize" && name == "__LINKEDIT" { print $2 }'
}
images='program/main program/libbase.dylib'
for level in lossless debug-map locals symbols; do
    freed=0
    for image in $images; do
        "$VAFIT" shrink $image --level $level -o new --unstripped none -q
        freed=$((freed + $(linkedit $image) - $(linkedit new)))
    done
    echo "${level/-/_} $freed"
done >wanted
run "$VAFIT" shrink $images --dry-run --format json
jq -r '.sum.would_free | to_entries[] | "\(.key) \(.value)"' .out >found
expect_same 'the sum is what shrinking each frees' wanted found
expect_true 'and that of the entries' jq -e '.schema == "vafit.shrink/1" and
    ([.images[].path] == ["program/main", "program/libbase.dylib"]) and
    ([.images[].linkedit] | add) == .sum.linkedit and
    ([.images[].would_free.symbols] | add) == .sum.would_free.symbols' .out
expect_true 'sizes are those of the files' test "$(jq '.sum.linkedit' .out)" = $(($(linkedit program/main) + $(linkedit program/libbase.dylib)))
run "$VAFIT" shrink $images --dry-run
expect_true 'as text: a line each, and one for all' test "$(cut -d: -f1 .out | tr '\n' ';')" = \
    'program/main would free;program/libbase.dylib would free;all 2 images would free;'
run "$VAFIT" shrink program/main --format json -o new
expect '--format is of a dry run' 2 '' 'vafit: shrink --format needs --dry-run
vafit: see `vafit help shrink`'
