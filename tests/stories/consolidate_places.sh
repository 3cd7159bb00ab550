# consolidate where not every file can have a new one in its place: a copy of dylibs that are found by an absolute path,
# programs of several hard links, and universal ones. All run, and the report says what is left alone.
. "$(dirname "$0")/../lib/consolidate.sh"

built
mkdir absolute
for name in a b; do
    link $ARCH -dylib -install_name "$WORK/absolute/lib$name.dylib" -o absolute/lib$name.dylib $name.o
done
link $ARCH -dylib -install_name "$WORK/absolute/libx.dylib" -o absolute/libx.dylib x.o absolute/liba.dylib
link $ARCH -execute -o absolute/parts parts.o absolute/liba.dylib absolute/libb.dylib absolute/libx.dylib
cp -a absolute kept
run "$VAFIT" consolidate absolute/parts --out-dir copy
why='is found by an absolute path, so that a copy would not be loaded'
expect 'absolute paths: a copy' 0 "left alone:
  $WORK/absolute/liba.dylib: $why
  $WORK/absolute/libb.dylib: $why
  $WORK/absolute/libx.dylib: $why
no two dylibs can be merged"
expect_true 'absolute paths: the dylibs stay' diff -r kept absolute
run run_program $ARCH copy/parts
expect 'absolute paths: the copy runs' 0 "$printed"
run "$VAFIT" consolidate absolute/parts --in-place -q
expect 'absolute paths: in place' 0
run run_program $ARCH absolute/parts
expect 'absolute paths: they are one image, and it runs' 0 "$printed"
expect_true 'absolute paths: indeed' test -e absolute/libconsolidated.dylib

# kept_name NAME REASON OPERAND...: the program goes by way of three stubs, and the dry run says so too.
kept_name() {
    local name=$1 reason=$2
    shift 2
    cp -a case was
    run "$VAFIT" consolidate "$@" --dry-run --format json
    cp .out planned
    run "$VAFIT" consolidate "$@" --in-place --format json
    expect "$name: the dylibs are one image" 0 -
    expect_same "$name: the program keeps asking for the old names" <(echo "[\"case/parts\",\"$reason\"]") \
        <(jq -c '.old_names[] | [.path, .reason]' .out)
    expect_same "$name: the program, the image, three stubs" <(echo '[4,5,5]') \
        <(jq -c '[.images_before, .images_after, .programs[0].after.image_count]' .out)
    expect_same "$name: as was foreseen" <(jq 'del(.written)' planned) <(jq 'del(.written)' .out)
    run run_program $ARCH case/parts
    expect "$name: it runs" 0 "$printed"
    run "$VAFIT" consolidate "$@" --undo -q
    expect "$name: undone" 0
    expect_true "$name: every byte is what it was" diff -r was case
    rm -rf was
}
ln case/parts case/again
kept_name 'hard links' 'it has several names, hard links of one file' case/parts case/again
rm case/again
cp case/parts thin
link arm64 -execute -rpath @loader_path/. -undefined dynamic_lookup -o other parts.o 2>/dev/null ||
    { compile arm64 other.o parts.c && link arm64 -execute -undefined dynamic_lookup -o other other.o; }
llvm-lipo-19 -create thin other -output case/parts
kept_name universal 'it is a universal file' case/parts --arch $ARCH

# Dylibs of one name in two folders, whose originals would be one file.
rm -rf case && mkdir case case/below
object c 5
dylib a && dylib b
link $ARCH -dylib -install_name @rpath/below/liba.dylib -o case/below/liba.dylib x.o case/liba.dylib -rpath @loader_path/..
link $ARCH -dylib -install_name @rpath/below/libc.dylib -o case/below/libc.dylib c.o
program case/below/liba.dylib case/below/libc.dylib
rm -rf was && cp -a case was
run "$VAFIT" consolidate case/parts --in-place --unstripped aside -q
expect 'two originals of one name' 2 '' \
    'vafit: --unstripped: case/liba.dylib and case/below/liba.dylib would both keep aside/liba.dylib.unstripped'
expect_true 'two originals of one name: all stays' diff -r was case
expect_true 'two originals of one name: none is kept' test -z "$(ls aside 2>/dev/null)"

# A copy onto what was read would keep no originals.
for folder in case case/../case; do
    run "$VAFIT" consolidate case/parts --out-dir $folder -q
    expect "a copy into $folder" 2 '' "vafit: --out-dir: $folder/parts would be written over; use --in-place"
    expect_true "a copy into $folder: all stays" diff -r was case
done
