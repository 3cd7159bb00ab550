# diff: what grew between two reports of check.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

# dylib NAME MIB: __TEXT of MIB MiB, __LINKEDIT of 1.
dylib() {
    "$MAKE_MACHO" image --out "lib$1.dylib" --type dylib --id "@rpath/lib$1.dylib" \
        --segment __TEXT=0+$(($2 << 20)) --segment __LINKEDIT=$(($2 << 20))+0x100000
}
# program NAME...: main, which loads these dylibs.
program() {
    "$MAKE_MACHO" image --out main --text 16384 --rpath @loader_path \
        $(printf -- '--load @rpath/lib%s.dylib ' "$@")
}
# a shrinks by 1, b grows by 7, c stays, d's 10 go, e's 3 come: a MiB less. main's load commands stay in their page.
program a b c d
dylib a 5; dylib b 5; dylib c 5; dylib d 9
cp main old
run "$VAFIT" check main old --format json -o base.json
program a b c e
dylib a 4; dylib b 12; dylib e 2
cp main new
run "$VAFIT" check main new --format json -o head.json

run "$VAFIT" diff base.json head.json --format json
expect 'json' 0 - ''
jq -c '.schema, .base, .head, .max_growth, (.programs[] | [.executable, .arch, .profile, .presence, .exceeds]),
    (.programs[0] | .sum, .top_slid, (.probability | map_values(. + 0)), .unchanged, (.images[] | [.path, .presence, (.va | .base, .head, .growth)]))' \
    .out >found
# of MEMBER: what both reports say of it.
of() {
    jq -c --slurpfile head head.json ".programs[0].$1 as \$base | \$head[0].programs[0].$1 as \$head |
        {base: \$base, head: \$head, growth: (\$head - \$base)}" base.json
}
{
    cat <<END
"vafit.diff/1"
"base.json"
"head.json"
null
["main","arm64","macos-26","both",false]
["main","arm64","macos-27","both",false]
["new","arm64","macos-26","new",false]
["new","arm64","macos-27","new",false]
["old","arm64","macos-26","gone",false]
["old","arm64","macos-27","gone",false]
$(of va.sum)
$(of placement.top_slid)
{"base":0,"head":0,"growth":0}
2
["libb.dylib","both",$((6 << 20)),$((13 << 20)),$((7 << 20))]
["libe.dylib","new",null,$((3 << 20)),$((3 << 20))]
["liba.dylib","both",$((6 << 20)),$((5 << 20)),$((-1 << 20))]
["libd.dylib","gone",$((10 << 20)),null,$((-10 << 20))]
END
} >wanted
expect_same 'json: what grew, new and gone' wanted found
expect_true 'json: the growth of the sum is that of the images' jq -e \
    'all(.programs[0, 1]; .sum.growth == ([.images[].va.growth] | add) and .sum.growth == -1048576)' .out
expect_true 'json: a program that one report lacks has no growth' test \
    "$(jq -c '[.programs[2, 4] | .sum.base != null, .sum.head != null, .sum.growth, .images]' .out)" = \
    '[false,true,null,[],true,false,null,[]]'

run "$VAFIT" diff base.json head.json
expect_true 'text: the top' test "$(grep -c '^  top with the greatest slide: ' .out)" = 2
sed -i '/^  top with/d' .out
expect 'text' 0 'main (arm64, macos-26) shrank by 1.0 MiB
  sum: 10.026 GiB, was 10.027 GiB: -1.0 MiB
  launches that abort: 0.00 %
  images that changed: 4; that did not: 2
       +7.0 MiB  libb.dylib
       +3.0 MiB  libe.dylib (new)
       -1.0 MiB  liba.dylib
      -10.0 MiB  libd.dylib (gone)
main (arm64, macos-27) shrank by 1.0 MiB
  sum: 446.026 GiB, was 446.027 GiB: -1.0 MiB
  launches that abort: 0.00 %
new (arm64, macos-26) is new
new (arm64, macos-27) is new
old (arm64, macos-26) is gone
old (arm64, macos-27) is gone'
run "$VAFIT" diff base.json head.json --top 2
expect_true '--top shows those that changed most, in order, and counts the others' test \
    "$(sed -n '/MiB  lib/p; /more/p; /macos-27/q' .out | sed 's/^ *//')" = '+7.0 MiB  libb.dylib
and 2 more, which changed less; --top shows them
-10.0 MiB  libd.dylib (gone)'
run "$VAFIT" diff base.json base.json
expect_true 'the same report: nothing grew' test "$(grep -c 'as large as it was' .out) $(grep -c 'that changed: 0; that did not: 5' .out)" = '4 2'

# --max-growth
run "$VAFIT" diff head.json base.json --max-growth 1MiB
expect_true 'growth that is allowed' test "$status $(grep -c allowed .out)" = '0 0'
run "$VAFIT" diff head.json base.json --max-growth 1023KiB --format json -o out.json
expect 'growth that is not, said on standard error too' 1 '' \
    'vafit: main (arm64, macos-26) grew by 1.0 MiB (1048576 bytes), more than the 1023.0 KiB (1047552 bytes) that are allowed
vafit: main (arm64, macos-27) grew by 1.0 MiB (1048576 bytes), more than the 1023.0 KiB (1047552 bytes) that are allowed'
expect_true 'json says which program and how much was allowed' test \
    "$(jq -c '[.max_growth, .programs[0, 2].exceeds]' out.json)" = '[1047552,true,false]'
run "$VAFIT" diff head.json base.json --max-growth 1MiB --color always
expect_true 'colours' grep -q $'\033\\[32mgrew by 1.0 MiB\033\\[0m' .out
run "$VAFIT" diff base.json head.json --max-growth 0
expect_true 'shrinking, new and gone programs are allowed' test $status = 0

# Where the report goes.
run "$VAFIT" diff base.json head.json --format json -o deep/out.json --depfile out.d
expect_true 'a depfile names both reports' test "$(cat out.d)" = 'deep/out.json: base.json head.json'
touch -d 2001-01-01 deep/out.json
run "$VAFIT" diff base.json head.json --format json -o deep/out.json
expect_true 'an equal report is left untouched' test "$(date -r deep/out.json +%Y)" = 2001
