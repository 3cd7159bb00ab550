# A debugger and a symbolizer with the images of a real build: with the original or its dSYM all is as
# before, at every level; the shrunk file alone has what docs/levels.md says.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/real_build.sh"

folder=$(real_build arm64 2>why) || { skip 'a real build' "the sources or headers cannot be had: $(tail -1 why)"; exit; }
name=libabsl_time_zone.dylib
mkdir old new
cp "$folder/bin/$name" old/
(cd "$folder" && dsymutil-19 "bin/$name" -o "$WORK/$name.dSYM") >said 2>&1
expect_true 'dsymutil makes a dSYM of the original' test -d "$name.dSYM"

# addresses FILE: of its functions, a line each, with their names.
addresses() {
    llvm-nm-19 -n --defined-only "$1" 2>/dev/null | awk '$2 ~ /[tT]/ && !seen[$1]++ { sub(/^_/, "", $3); print "0x" $1, $3 }'
}
addresses "old/$name" >functions
# lookups FILE: what lldb says of a hundred addresses, with the dSYM.
lookups() {
    {
        echo "target create -s $name.dSYM/Contents/Resources/DWARF/$name $1"
        head -100 functions | while read -r address _; do echo "image lookup -a $address"; done
    } >commands
    lldb-19 -b -x -s commands 2>/dev/null | grep -E '^ *(Address|Summary)'
}
lookups "old/$name" >wanted
expect_true 'lldb finds lines by the dSYM' grep -qE 'Summary: .* at [a-z_]*\.cc:[0-9]+' wanted
for level in lossless debug-map locals symbols; do
    "$VAFIT" shrink "old/$name" --level $level -o "new/$name" --unstripped none -q
    lookups "new/$name" >found
    expect_same "$level: lldb finds the same names and lines by the dSYM" wanted found
done

# named FILE IMAGE: how many functions llvm-symbolizer names rightly and wrongly in the file alone.
named() {
    cut -d' ' -f1 "$2" | llvm-symbolizer-19 --obj="$1" --functions=linkage --no-demangle --output-style=GNU --no-inlines |
        awk 'NR % 2' | paste -d' ' "$2" - |
        awk '{ if ($2 == $3) right++; else if ($3 != "??") wrong++ } END { print right + 0, wrong + 0 }'
}
for name in libabsl_time_zone.dylib libprotobuf.3.21.12.0.dylib; do
    addresses "$folder/bin/$name" >functions
    all=$(wc -l <functions)
    for level in lossless debug-map locals symbols; do
        "$VAFIT" shrink "$folder/bin/$name" --level $level -o "new/$name" --unstripped none -q
        read -r right wrong < <(named "new/$name" functions)
        echo "# $name, $level: of $all functions $right named rightly, $wrong wrongly"
        case $level in
            lossless | debug-map) expect_true "$name, $level: every function has its name" test "$right $wrong" = "$all 0" ;;
            locals) expect_true "$name, $level: the others get the name of an exported one" test $((right + wrong)) = "$all" -a "$wrong" -gt 0 ;;
            symbols) expect_true "$name, $level: no names" test "$right $wrong" = '0 0' ;;
        esac
    done
done
