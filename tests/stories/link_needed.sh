# link --if-needed: nothing is shrunk that fits, and what does not at the least level that makes it fit.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

# A program whose debug map and whose local symbols take several pages each.
{
    for i in $(seq 3000); do
        echo "static int local_function_of_some_length_$i(void) { return $i; }"
        echo "int exported_$i(void) { return local_function_of_some_length_$i(); }"
    done
    echo 'int main(void) { return exported_1(); }'
} >program.c
for arch in arm64 x86_64; do clang-19 --target=$arch-apple-macos13 -g -O0 -c program.c -o $arch.o; done
compile arm64 base.o base.c
link arm64 -dylib -install_name @rpath/libbase.dylib -o libbase.dylib base.o
mkdir case linked
LINK=(ld64.lld-19 -arch arm64 -platform_version macos 13.0 13.0 -execute "$TESTS/programs/libSystem.tbd")
(cd case && "${LINK[@]}" ../arm64.o -o ../linked/out)
ONLY_SUM=(--rule malloc-window=off)

# sum FILE: what image-sum holds against the limit.
sum() {
    "$VAFIT" check "$1" --format json --exit-zero | jq '.programs[0].va.sum'
}
declare -A needs
for level in lossless debug-map locals symbols; do
    "$VAFIT" shrink linked/out --level $level --out-dir $level --unstripped none -q
    needs[$level]=$(sum $level/out)
done
needs[none]=$(sum linked/out)
expect_true 'every level needs less than the one before' test \
    "${needs[none]}" -gt "${needs[lossless]}" -a "${needs[lossless]}" -gt "${needs[debug-map]}" -a "${needs[debug-map]}" -gt "${needs[locals]}" -a \
    "${needs[locals]}" -gt "${needs[symbols]}"

# needed NAME LIMIT LEVEL OPTION...: with that limit the output is shrunk at LEVEL; "" for not at all.
needed() {
    local name=$1 limit=$2 level=$3
    shift 3
    rm -rf case && mkdir case && cd case || exit
    run "$VAFIT" link --if-needed --limit "$limit" -q "$@" -- "${LINK[@]}" ../arm64.o -o out
    cd "$WORK" || exit
    expect "$name" 0 '' ''
    expect_true "$name: ${level:-as it was linked}" cmp case/out "${level:-linked}/out"
    if [ "${level:-lossless}" != lossless ]; then
        expect_true "$name: the original" cmp case/out.unstripped linked/out
    else
        expect_true "$name: no original" test ! -e case/out.unstripped
    fi
}
needed 'fits' 16GiB ''
needed 'fits exactly' "${needs[none]}" '' "${ONLY_SUM[@]}"
needed 'a byte too much' $((needs[none] - 1)) lossless "${ONLY_SUM[@]}"
needed 'a byte more than lossless frees' $((needs[lossless] - 1)) debug-map "${ONLY_SUM[@]}"
needed 'fits exactly without the debug map' "${needs[debug-map]}" debug-map "${ONLY_SUM[@]}"
needed 'a byte more than that' $((needs[debug-map] - 1)) locals "${ONLY_SUM[@]}"
needed 'fits exactly without locals' "${needs[locals]}" locals "${ONLY_SUM[@]}"
needed 'no rule counts' 1M '' "${ONLY_SUM[@]}" --rule image-sum=off
needed 'a profile without a window' "${needs[none]}" '' --profile macos-15
# The top of an executable alone, slid by the 80 MiB of the model at most, and 1 MiB of headroom.
top=$("$VAFIT" check linked/out --format json | jq '.programs[0].placement.top_slid')
needed 'the headroom counts' $((top + 1048576)) '' --headroom 1MiB --rule image-sum=off
needed 'a byte of the headroom' $((top + 1048576 - 1)) lossless --headroom 1MiB --rule image-sum=off

# too_large NAME OPTION...: with those it does not fit at any level up to locals.
too_large() {
    local name=$1
    shift
    rm -rf case && mkdir case
    cp locals/out case/out
    cd case || exit
    run "$VAFIT" check -q "$@" out
    cp "$WORK/.out" "$WORK/verdict"
    rm out
    run "$VAFIT" link --if-needed "$@" -q -- "${LINK[@]}" ../arm64.o -o out
    cd "$WORK" || exit
    expect "$name" 1 '' "$(cat verdict)
vafit: out: removed, since it does not fit"
    expect_true "$name: nothing is left" test -z "$(ls case)"
}
too_large 'no level suffices' --limit $((needs[locals] - 1)) "${ONLY_SUM[@]}"
expect_true 'no level suffices: what check says' grep -q 'error: image-sum: ' verdict
too_large 'symbols would, which is not asked' --limit "${needs[symbols]}" "${ONLY_SUM[@]}"

# Dylibs that are there count, those that are not do not.
clang-19 --target=arm64-apple-macos13 -g -c -x c - -o uses.o <<<'int base_next(void); int main(void) { return base_next(); }'
USES=("${LINK[@]}" -rpath @loader_path/. ../uses.o ../libbase.dylib -o out)
rm -rf case && mkdir case
(cd case && "${USES[@]}" && "$VAFIT" shrink --in-place --level locals -q out)
alone=$("$VAFIT" check case/out --allow-missing '*' --format json | jq '.programs[0].va.sum')
rm case/*
cd case && run "$VAFIT" link --if-needed --limit "$alone" "${ONLY_SUM[@]}" -q -- "${USES[@]}" && cd ..
expect 'a dylib that is not found' 0 '' ''
rm case/* && cp libbase.dylib case
cd case && run "$VAFIT" link --if-needed --limit "$alone" "${ONLY_SUM[@]}" -q -- "${USES[@]}" && cd ..
expect_true 'a dylib that is found counts' grep -q 'error: image-sum: ' .err
expect 'a dylib that is found counts: status' 1 '' -
head -c 40 libbase.dylib >case/libcut.dylib
cd case && run "$VAFIT" link --if-needed -- sh -c 'ld64.lld-19 "$@" && llvm-install-name-tool-19 -change @rpath/libbase.dylib @loader_path/libcut.dylib out' - \
    "${LINK[@]:1}" ../uses.o libbase.dylib -o out && cd ..
expect_true 'a dylib that is malformed' grep -q '^vafit: libcut.dylib: ' .err
expect 'a dylib that is malformed: status' 3 '' "$(head -1 .err)
vafit: out: removed, since it could not be shrunk"

# Two architectures: as much as the one that needs more.
rm -rf case && mkdir case
for arch in arm64 x86_64; do
    ld64.lld-19 -arch $arch -platform_version macos 13.0 13.0 -execute "$TESTS/programs/libSystem.tbd" $arch.o -o $arch
done
llvm-lipo-19 -create arm64 x86_64 -output both
cd case && run "$VAFIT" link --if-needed --limit $((needs[none] - 1)) "${ONLY_SUM[@]}" -q -- sh -c 'cp "$0" "$2"' ../both -o out && cd ..
expect 'two architectures' 0 '' ''
"$VAFIT" shrink both --level lossless -o both.small --unstripped none -q
expect_true 'two architectures: both are shrunk' cmp case/out both.small

SEE='vafit: see `vafit help link`'
run "$VAFIT" link --if-needed --level locals -- true
expect 'a level where it is to be found' 2 '' "vafit: --if-needed finds the level itself, without --level
$SEE"
run "$VAFIT" link --limit 1GiB -- true
expect 'a limit without a judgement' 2 '' "vafit: --profile, --limit, --headroom, --rule and --allow-missing need --if-needed
$SEE"
run "$VAFIT" link --if-needed --profile macos-1 -- true
expect 'an unknown profile' 2 '' "vafit: there is no profile 'macos-1'
$SEE"
run "$VAFIT" link --if-needed --profile absent.json -- sh -c 'echo ran'
expect 'a profile that is not there: nothing runs' 4 '' 'vafit: absent.json: cannot open: No such file or directory'
