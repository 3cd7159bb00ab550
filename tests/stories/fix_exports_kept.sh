# What keeps exports, one by one, and a world that is not closed.
. "$(dirname "$0")/../lib/fix_exports.sh"

# fixed NAME OPERANDS OPTION...: the program fixed anew, with room for what is kept in libwide.
fixed() {
    fresh
    run "$VAFIT" fix $2 --in-place --up-to exports --limit $limit -q "${@:3}"
    expect "$1" 0
}
fixed 'without strings' "$(programs out)" --ignore-strings
expect_left 'without strings: only imports are left' out/libwide.dylib "$asked $used"
outcome arm64 out/main >after
sed 's/^named: 5/named: -1/' before >wanted
expect_same 'without strings: dlsym finds nothing' wanted after
fixed 'globs' "$(programs out)" --keep-export '*_by_a_*' --keep-export '_kept*'
expect_left 'globs: what they name is left' out/libwide.dylib "$asked _kept_by_a_glob _kept_by_the_same_glob $named $used"
fixed 'without the other executable' 'out/main out/plugin.bundle'
expect_left 'without the other executable: what it imports goes' out/libwide.dylib "$asked $named _used_by_main _used_by_plugin"
fixed 'without the bundle' 'out/main out/other' --assume-closed
expect_left 'without the bundle: what it imports goes' out/libwide.dylib "$asked $named _used_by_main _used_by_other"

fresh
offset=$(llvm-otool-19 -l out/other | awk '$2 == "LC_DYLD_CHAINED_FIXUPS" { f = 1 } f && $1 == "dataoff" { print $2; exit }')
"$POKE" out/other "@$((offset + 20)):4" 9
run "$VAFIT" fix $(programs out) --in-place --up-to exports --limit $limit
sed '/^no level/,$!d' .out >said && mv said .out
expect 'an image that cannot be read may import anything' 1 "no level up to exports is enough; nothing was written. With all images at exports:
$missing
cannot be rewritten: out/other: chained fixups imports_format: 9 is unknown"
