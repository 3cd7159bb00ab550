# A generated component build of the real shape is made of what a real one is made of: what was measured on
# abseil, protobuf and others, clang -O1 -g1, ld64.lld-19. Each number is met within a tenth.
. "$(dirname "$0")/../lib/story.sh"

# __TEXT is as large, beside __LINKEDIT, as a signature of that share needs.
options=(--dylibs 40 --dylibs-total 100MiB --dylibs-text 680 --executable-text 3MiB --executable-linkedit 1MiB --density 100)
cat >measured <<'END'
debug-map 44
locals 27.5
symbols 15.3
exports 6.6
fixups 3.2
signature 2.6
N_BNSYM 0
N_ENSYM 0
N_FUN 44.7
N_STSYM 10.6
N_SO+N_OSO 1.3
private-external 10.1
local 13.6
function-median 85
function-95 298
function-longest 643
undefined-mean 40
END
number() { awk -v name="$1" '$1 == name { print $2 }' shares; }

for seed in 1 2; do
    "$MAKE_MACHO" component --out build --seed $seed --shape real "${options[@]}"
    python3 "$TESTS/lib/shares.py" build/* >shares
    while read -r name wanted; do
        expect_true "seed $seed, $name: $(number "$name"), measured $wanted" \
            awk -v a="$(number "$name")" -v b="$wanted" 'BEGIN { exit !(a >= 0.9 * b && a <= 1.1 * b) }'
    done <measured
done
llvm-nm-19 -a build/libbase.dylib | awk '$NF ~ /^__Z/ { print substr($NF, 2) }' | llvm-cxxfilt-19 >names
expect_true 'names are C++' test -s names -a "$(grep -c '^_Z' names)" = 0

# lossless FOLDER: what lossless frees of one of its images, and of names that are in its pool already.
lossless() {
    python3 "$TESTS/lib/shares.py" "$1/libbase.dylib" >shares
    "$VAFIT" shrink "$1/libbase.dylib" --level lossless -o new --unstripped none -q
    freed=$(($(stat -c %s "$1/libbase.dylib") - $(stat -c %s new))) repeated=$(number repeated)
}
rm -rf build
"$MAKE_MACHO" component --out build --hashes "${options[@]}"
run "$VAFIT" verify build/*
expect 'all images are well formed' 0 - ''
lossless build
expect_true "lossless frees $freed bytes: the $repeated of names that stand there twice, and no gap" \
    test "$repeated" -gt 50000 -a "$freed" -ge "$repeated" -a "$freed" -le $((repeated * 21 / 20))

# A linker that merges strings.
"$MAKE_MACHO" component --out merged --hashes --merge-strings "${options[@]}"
lossless merged
expect_true "of merged strings it frees $freed bytes, none of a name that stands there twice" \
    test "$repeated" = 0 -a "$freed" -ge 0 -a "$freed" -le 4096
run "$VAFIT" verify merged/*
expect 'images with merged strings are well formed' 0 - ''
