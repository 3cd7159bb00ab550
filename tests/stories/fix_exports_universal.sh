# The level exports for both architectures, in both ways to bind, of all images.
. "$(dirname "$0")/../lib/fix_exports.sh"

# all_left ARCH: what is left of every image in the folder `every`.
all_left() {
    expect_left "$1 $style: libwide" every/libwide.dylib "$asked $named $used" "$1"
    expect_left "$1 $style: libinner" every/libinner.dylib _inner_used "$1"
    expect_left "$1 $style: main" every/main '__mh_execute_header _defined_weakly_elsewhere' "$1"
    expect_left "$1 $style: other" every/other __mh_execute_header "$1"
    expect_left "$1 $style: the bundle" every/plugin.bundle _plugin_entry "$1"
}
for style in -fixup_chains -no_fixup_chains; do
    rm -rf every both.*
    mkdir every
    for arch in arm64 x86_64; do closed_program $arch both.$arch $style 2000; done
    for image in main other plugin.bundle libwide.dylib libinner.dylib; do
        llvm-lipo-19 -create both.arm64/$image both.x86_64/$image -output every/$image
    done
    cp -rp every original
    run "$VAFIT" fix $(programs every) --dry-run --up-to exports --limit $system --format json
    # So little room that each of the three programs needs all its images at exports.
    misses=$(jq -c '[.programs[].after.misses[].bytes] | unique' .out)
    expect_true "universal $style: the programs are equally large" test "${misses//,/}" = "$misses"
    cp -rp every once_more
    run "$VAFIT" fix $(programs every) --in-place --up-to exports --limit $((system + ${misses//[^0-9]/})) -q -j 3
    expect "universal $style" 0
    for arch in arm64 x86_64; do
        all_left $arch
        outcome $arch every/main >after
        expect_same "$arch $style: main runs the same" before after
        outcome $arch every/other >after
        expect_same "$arch $style: the other executable too" before_other after
    done
    for image in main other plugin.bundle libwide.dylib libinner.dylib; do
        run "$VAFIT" verify every/$image --against original/$image --level exports
        expect "universal $style: $image means the same" 0 "every/$image: well formed, and means the same"
    done
    run "$VAFIT" fix $(programs once_more) --in-place --up-to exports --limit $((system + ${misses//[^0-9]/})) -q -j 1
    expect_true "universal $style: other threads, the same bytes" diff -r every once_more
    run "$VAFIT" fix $(programs every) --undo
    expect "universal $style: undo" 0 'restored 5 of 5 images'
    expect_true "universal $style: undo restores every byte" diff -r original every
    rm -rf original once_more
done
