# check of a real component build says what a second reader finds: the images, their order, their sizes.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/real_build.sh"

# same_closure NAME EXECUTABLE
same_closure() {
    python3 "$TESTS/lib/closure.py" "$2" >wanted || { fail "$1" <wanted; return; }
    "$VAFIT" check "$2" --format json |
        jq -r '.programs[0] | (.images[] | "\(.path) \(.va)"), "sum \(.va.executable + .va.dylibs)"' |
        while read -r path bytes; do
            [ "$path" = sum ] && echo "sum $bytes" || echo "$(realpath "$path") $bytes"
        done >found
    expect_same "$1: $(wc -l <wanted) lines" wanted found
}

for build in 'arm64' 'x86_64 abseil'; do
    # shellcheck disable=SC2086
    if ! folder=$(real_build $build 2>why); then
        skip "$build" "the sources or headers cannot be had: $(tail -1 why)"
        continue
    fi
    same_closure "$build: images, order and sizes" "$folder/bin/app"
    count=$(find "$folder/bin" -name '*.dylib' -type f | wc -l)
    expect_true "$build: $count dylibs, all of them loaded" test "$(($(wc -l <wanted) - 2))" = "$count" -a "$count" -gt 60
    run "$VAFIT" verify "$folder"/bin/app "$folder"/bin/*.dylib -q
    expect "$build: dyld's rules hold, hashes are right, LIEF reads the same" 0 - ''
done
