# The level exports: fix drops what no image of the programs asks for, and nothing else; undo brings it back.
. "$(dirname "$0")/../lib/fix_exports.sh"

fresh
run "$VAFIT" fix $(programs out) --in-place --up-to symbols --limit $limit
sed '/^no level/,$!d' .out >said && mv said .out
expect 'the next level is named' 1 "no level up to symbols is enough; nothing was written. With all images at symbols:
$missing
--up-to exports would make it fit"
expect_true 'nothing was written' diff -r built out
run "$VAFIT" fix $(programs out) --in-place --up-to symbols --limit $limit --arch arm64
sed '/^no level/,$!d' .out >said && mv said .out
expect 'which is not that of one architecture' 1 "no level up to symbols is enough; nothing was written. With all images at symbols:
$missing"

run "$VAFIT" fix $(programs out) --dry-run --up-to exports --limit $limit --format json
jq -c '[.outcome, .up_to, (.images[] | .path, .level, .va_before, .va_after)]' .out >predicted
expect_true 'a dry run writes nothing' diff -r built out
run "$VAFIT" fix $(programs out) --in-place --up-to exports --limit $limit
sed '/^rewrote/,$!d' .out >said && mv said .out
small=$(space out/libwide.dylib)
end='its images end at 4.08 GiB'
expect 'exports is enough' 0 "rewrote 1 of 5 images:
  exports: out/libwide.dylib: $(human $small), was $(human ${at[libwide.dylib]}); frees $((at[libwide.dylib] - small)) bytes
out/main (arm64): now fits under macos-26 and macos-27; $end
out/other (arm64): now fits under macos-26 and macos-27; $end
out/plugin.bundle (arm64): now fits under macos-26 and macos-27; $end"
echo "[\"planned\",\"exports\",\"out/libwide.dylib\",\"exports\",${at[libwide.dylib]},$small]" >wanted
expect_same 'as was predicted' wanted predicted
expect_left 'what is asked for is left' out/libwide.dylib "$asked $named $used"
outcome arm64 out/main >after
expect_same 'main runs the same' before after
outcome arm64 out/other >after
expect_same 'the other executable too' before_other after
cp -rp out fixed
run "$VAFIT" fix $(programs out) --in-place --up-to exports --limit $limit
expect_true 'again' grep -qx 'nothing to do' .out
expect_true 'again: nothing was written' diff -r fixed out
run "$VAFIT" fix $(programs out) --in-place --up-to exports --limit $((system + at[main] + small + at[libinner.dylib] - 49153))
expect_true 'what is as small as it gets cannot be made smaller' test $status = 1
expect_true 'and there is no level after' test "$(grep -c up-to .out)" = 0
expect_true 'and nothing was written' diff -r fixed out

run "$VAFIT" verify out/libwide.dylib --against built/libwide.dylib --level exports
expect 'verify takes what it is told to' 0 'out/libwide.dylib: well formed, and means the same'
run "$VAFIT" verify out/libwide.dylib --against built/libwide.dylib
name=_an_export_of_wide_that_nobody_asks_for_
expect 'and otherwise finds that exports are gone' 1 '' "$(printf "vafit: out/libwide.dylib: exports trie: $name%s is gone\n" 1 10 100 1000 1001)
vafit: out/libwide.dylib: exports trie: 2997 more differences"
"$VAFIT" shrink built/libwide.dylib --level symbols -o small --unstripped none -q
first=$(llvm-otool-19 -l built/libwide.dylib | awk '$1 == "iextdefsym" { print $2 }')
run "$VAFIT" verify small --against built/libwide.dylib --level locals
expect 'symbols that a level keeps' 1 '' "vafit: small: symbol $first of the original: is gone, though the level keeps it"
run "$VAFIT" verify small --against built/libwide.dylib --level symbols
expect 'and one that does not' 0 'small: well formed, and means the same'
run "$VAFIT" verify small --level symbols
expect 'a level of nothing' 2 '' 'vafit: verify --level needs --against
vafit: see `vafit help verify`'

run "$VAFIT" fix $(programs out) --undo
expect 'undo' 0 'restored 1 of 5 images'
expect_true 'undo restores every byte' diff -r built out
run "$VAFIT" fix $(programs out) --in-place --limit $((system + symbols)) --up-to symbols -q
expect 'a first step' 0
run "$VAFIT" fix $(programs out) --in-place --limit $limit --up-to exports -q
expect 'a second one' 0
run "$VAFIT" verify out/libwide.dylib --against built/libwide.dylib --level exports
expect 'two steps lose no more' 0 'out/libwide.dylib: well formed, and means the same'
expect_true 'what is kept is the original' cmp out/libwide.dylib.unstripped built/libwide.dylib
run "$VAFIT" fix $(programs out) --undo -q
expect_true 'both are undone' diff -r built out
