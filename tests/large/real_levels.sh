# A real component build at every level: each image is proven and readable, and the sums stand in
# docs/levels.md beside those of llvm-strip.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/real_build.sh"
. "$TESTS/lib/levels.sh"

# images FOLDER: its files, each once.
images() {
    find "$1/bin" -type f \( -name '*.dylib' -o -name app \) | sort
}

# sums FOLDER: bytes of __LINKEDIT, and how many parts are misaligned.
sums() {
    for image in "$1"/*; do
        read -r size _ < <(linkedit "$image")
        echo "$size $(misaligned_parts "$image")"
    done | awk '{ bytes += $1; parts += $2 } END { print bytes, parts }'
}

# at_levels FOLDER LEVEL...: every image, at those levels.
at_levels() {
    local level image
    for level in "${@:2}"; do
        mkdir -p "$level"
        images "$1" | while read -r image; do
            at_level "$(basename "$image")" "$image" $level >said
            cat said
            mv new "$level/$(basename "$image")"
        done
    done | grep -v '^ok' >bad
    if [ -s bad ]; then fail "$(basename "$1"): all images at all levels" <bad; else
        pass "$(basename "$1"): $(images "$1" | wc -l) images at $(($# - 1)) levels: proven, aligned, readable, no larger, the same twice"
    fi
}

# strip NAME OPTION...: what llvm-strip makes of all images, in a folder of that name.
strip_all() {
    local name=$1 image
    mkdir "$name"
    images "$folder" | while read -r image; do
        cp "$image" "$name/" && llvm-strip-19 "${@:2}" "$name/$(basename "$image")" 2>>strip.log
    done
}

folder=$(real_build x86_64 abseil 2>why) && at_levels "$folder" lossless symbols || skip 'x86_64' "$(tail -1 why)"
rm -rf lossless debug-map locals symbols
folder=$(real_build arm64 2>why) || { skip 'arm64' "the sources or headers cannot be had: $(tail -1 why)"; exit; }
at_levels "$folder" lossless debug-map locals symbols
mkdir before && images "$folder" | while read -r image; do cp "$image" before/; done
strip_all strip-S -S
strip_all strip-x -x -S
{
    read -r before _ < <(sums before)
    echo "before $before"
    for row in lossless debug-map locals symbols; do
        read -r bytes parts < <(sums $row)
        echo "$row $bytes $parts"
    done
    for row in strip-S strip-x; do
        read -r bytes parts < <(sums $row)
        echo "$row $bytes $parts"
    done
} >table
sed 's/^/# /' table
number() { awk -v row="$1" -v column="${2:-2}" '$1 == row { print $column }' table; }
expect_true 'lossless frees at least a quarter of what ld64.lld-19 wrote' \
    test "$(($(number lossless) * 4))" -le "$(($(number before) * 3))"
for pair in debug-map:strip-S locals:strip-x; do
    ours=${pair%:*} theirs=${pair#*:}
    expect_true "$ours: $(number "$ours") bytes, llvm-strip $(number "$theirs")" test "$(number "$ours")" -le "$(number "$theirs")"
    expect_true "llvm-strip misaligns $(number "$theirs" 3) parts, vafit none" test "$(number "$theirs" 3)" -gt 0 -a "$(number "$ours" 3)" = 0
done
