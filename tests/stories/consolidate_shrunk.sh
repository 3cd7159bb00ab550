# What was consolidated and shrunk since, each dylib for itself: no original is lost, and --undo brings all of them back.
. "$(dirname "$0")/../lib/consolidate.sh"

# originals NAME: all that were put aside are there still.
originals() {
    for name in liba.dylib libb.dylib libx.dylib parts; do
        cmp was/$name case/$name.unstripped || echo "$name"
    done >lost 2>&1
    expect_same "$1: every original is kept" /dev/null lost
}
for level in align lossless symbols; do
    built && rm -rf was && cp -a case was
    run "$VAFIT" consolidate case/parts --in-place -q
    expect "$level: consolidated" 0
    run "$VAFIT" shrink case/*.dylib case/parts --in-place --level $level -q
    expect "$level: all is shrunk, stubs too" 0 ''
    originals $level
    run run_program $ARCH case/parts
    expect "$level: it prints the same" 0 "$printed"
    run "$VAFIT" consolidate case/parts --undo
    expect "$level: taken back" 0 'restored 4 files'
    expect_true "$level: every byte is what it was" diff -r was case
done

# A list of what was replaced that lacks a file: what loads the merged image keeps it.
"$VAFIT" consolidate case/parts --in-place -q
jq '.replaced |= map(select(.path != "parts"))' case/libconsolidated.dylib.parts.json >cut &&
    mv cut case/libconsolidated.dylib.parts.json
cp -a case before
run "$VAFIT" consolidate case/parts --undo
expect 'a list that lacks the program' 4 'restored 0 files' \
    'vafit: case/parts: loads case/libconsolidated.dylib, and case/libconsolidated.dylib.parts.json has no original of it; all stays as it is'
expect_true 'all stays' diff -r before case
