# fix --up-to LEVEL+consolidate of several programs, of a closed world, of images that keep asking for old names, and of
# what can only be consolidated in part.
. "$(dirname "$0")/../lib/consolidate.sh"

# Arguments for arm64, whose programs have a limit.
ARCH=arm64
object a 1
object b 2
compile $ARCH parts.o parts.c
built
link $ARCH -execute -rpath @loader_path/. -o case/other parts.o case/libb.dylib case/liba.dylib case/libx.dylib
cp -a case was
run_program $ARCH case/other >other.printed
# sums OPTION...: of both programs, after all that is allowed.
sums() {
    "$VAFIT" fix case/parts case/other --dry-run --limit 9GiB --format json "$@" | jq -c '[.programs[].after.sum]'
}
limit=$(sums --up-to consolidate | jq max)
expect_true 'no level is enough for the two' test "$(sums --up-to exports --assume-closed | jq max)" -gt "$limit"
for up_to in consolidate exports+consolidate; do
    closed=()
    [ $up_to = consolidate ] || closed=(--assume-closed)
    rm -rf case && cp -a was case
    run "$VAFIT" fix case/parts case/other --in-place --format json --limit "$limit" --up-to $up_to "${closed[@]}"
    expect "$up_to: two programs" 0 -
    cp .out done
    expect_true "$up_to: one image for both" test "$(ls case/libconsolidated*.dylib)" = case/libconsolidated.dylib
    expect_same "$up_to: both fit" <(echo '["fits","fits","fits","fits"]') <(jq -c '[.programs[].after.verdict]' done)
    run run_program $ARCH case/parts
    expect "$up_to: the one prints the same" 0 "$printed"
    run_program $ARCH case/other >other.now
    expect_same "$up_to: and so does the other" other.printed other.now
    run "$VAFIT" fix case/parts case/other --undo -q
    expect "$up_to: undone" 0 - ''
    expect_true "$up_to: every byte is what it was" diff -r was case
done

# A world that is closed: what no other image asks for goes from the merged image, and dlsym of the rest works.
run "$VAFIT" fix case/parts case/other --dry-run --format json --limit 10GiB --up-to exports+consolidate --assume-closed
expect 'what never fits' 1 -
expect_true 'is not consolidated' jq -e '.groups == [] and .up_to == "exports+consolidate" and .next_level == null' .out

# Nothing to merge: the verdict is that of the levels.
rm -rf one && mkdir one
link $ARCH -dylib -install_name @rpath/liba.dylib -o one/liba.dylib a.o
compile $ARCH lone.o main.c -Dleft_value=a -Dright_value=a
link $ARCH -execute -undefined dynamic_lookup -rpath @loader_path/. -o one/lone lone.o one/liba.dylib
run "$VAFIT" fix one/lone --in-place --limit 10GiB --up-to consolidate
sed -i -n '/^no level/p' .out
expect 'there is one dylib alone' 1 'no level up to locals is enough, and no dylibs can be consolidated; nothing was written. With all images at locals:'

# A client without room for a longer name goes on by way of the stubs, which are foreseen too.
rm -rf case && mkdir case
link $ARCH -dylib -install_name @rpath/b -o case/b b.o
link $ARCH -dylib -install_name @rpath/a -o case/a a.o case/b
link $ARCH -execute -headerpad 0 -rpath @loader_path/. -o case/lone lone.o case/a
cp -a case was.short
run "$VAFIT" consolidate case/lone --dry-run --format json
expect 'without room for the name' 0 -
cp .out planned
expect_same 'without room: the old name is kept' <(echo '["case/lone"]') <(jq -c '[.old_names[].path]' planned)
run "$VAFIT" consolidate case/lone --in-place --format json
expect_same 'without room: the two reports' <(jq -S 'del(.written)' planned) <(jq -S 'del(.written)' .out)
run run_program $ARCH case/lone
expect 'without room: it runs' 0 'left: 1
right: 1'
