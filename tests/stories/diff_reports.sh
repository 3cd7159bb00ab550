# diff: which reports it reads, and what it says of others.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

"$MAKE_MACHO" image --out main --text 16384
run "$VAFIT" check main --format json --profile macos-26 -o good.json

# A dylib that is missing is counted, unless it may be.
"$MAKE_MACHO" image --out gone --text 16384 --rpath @loader_path --load @rpath/liba.dylib --weak @rpath/libb.dylib --load @rpath/libc.dylib
run "$VAFIT" check gone --format json --profile macos-26 --exit-zero --allow-missing '*libc*' -o gone.json
jq '.programs[].unresolved = []' gone.json >full.json
run "$VAFIT" diff full.json gone.json --format json
expect_true 'a missing dylib' test "$status $(jq -c .programs[0].unresolved .out)" = '0 {"base":0,"head":1,"growth":1}'
said='dylibs that are missing: 1, were missing: 0; what they need is not in the sums'
run "$VAFIT" diff full.json gone.json
expect_true 'in text' grep -qx "  $said" .out
run "$VAFIT" diff full.json gone.json --format markdown
expect_true 'in markdown' grep -qx "Of .gone., .arm64., .macos-26., $said." .out
run "$VAFIT" diff full.json full.json
expect_true 'nothing is said where none is' sh -c "! grep -q missing .out"

# A report of the first version had these members and no others.
jq '.programs[] |= {executable, arch, profile, va: (.va | {sum}), placement: (.placement | {top_slid}), malloc_window, images: [.images[] | {path, va}], unresolved: [.unresolved[] | {weak, allowed}]}' \
    good.json >early.json
run "$VAFIT" diff early.json good.json
expect_true 'a report of a former version is read' test "$status $(grep -c 'as large as it was' .out)" = '0 1'
jq '.later = {} | .programs[0].later = 1' good.json >late.json
run "$VAFIT" diff good.json late.json
expect 'a report of a later version is read' 0 - ''
for window in 'del(.programs[].malloc_window)' '.programs[].malloc_window = null'; do
    jq "$window" good.json >none.json
    run "$VAFIT" diff none.json good.json --format json
    expect_true "no window: $window" test "$(jq -c '.programs[0].probability | [.base, .head + 0, .growth]' .out)" = '[null,0,null]'
done

# What jq makes of a report, and what is said of it.
while IFS='|' read -r change said; do
    jq "$change" good.json >bad.json
    run "$VAFIT" diff good.json bad.json
    expect "$change" 3 '' "vafit: bad.json: $said"
    run "$VAFIT" diff bad.json good.json
    expect_true "$change, as the earlier report" test "$status $(cat .err)" = "3 vafit: bad.json: $said"
done <<'END'
del(.schema)|schema: not "vafit.check/1", which vafit check --format json writes
.schema = "vafit.fix/1"|schema: "vafit.fix/1", not "vafit.check/1"
[.]|schema: not "vafit.check/1", which vafit check --format json writes
.programs = {}|programs: not a list
.programs = [1]|programs[0].executable: not a string
del(.programs[0].executable)|programs[0].executable: not a string
.programs[0].arch = 1|programs[0].arch: not a string
.programs[0].profile = null|programs[0].profile: not a string
.programs[0].va = 1|programs[0].va: not an object
.programs[0].va.sum = -1|programs[0].va.sum: not a whole number
.programs[0].va.sum = 1.5|programs[0].va.sum: not a whole number
del(.programs[0].placement)|programs[0].placement: not an object
.programs[0].placement.top_slid = "1"|programs[0].placement.top_slid: not a whole number
.programs[0].malloc_window = 1|programs[0].malloc_window: not an object
.programs[0].malloc_window.slots = 0|programs[0].malloc_window.slots: is 0
.programs[0].malloc_window.slots_hit = 737|programs[0].malloc_window.slots_hit: is more than slots
.programs[0].images = null|programs[0].images: not a list
.programs += [.programs[0] + {images: [1]}]|programs[1].images[0].path: not a string
del(.programs[0].unresolved)|programs[0].unresolved: not a list
.programs[0].unresolved = [{weak: 1}]|programs[0].unresolved[0].weak: neither true nor false
.programs[0].unresolved = [{weak: true}]|programs[0].unresolved[0].allowed: neither true nor false
.programs[0].images[0].va = true|programs[0].images[0].va: not a whole number
END
echo '{"schema": "vafit.check/1", "schema": "vafit.check/1", "programs": []}' >twice.json
run "$VAFIT" diff good.json twice.json
expect 'a member that comes twice' 3 '' \
    'vafit: twice.json: line 1: not JSON: duplicate object key near '"'\"schema\"'"
head -c 100 good.json >cut.json
run "$VAFIT" diff good.json cut.json
expect_true 'a report that is cut off' sh -c "test $status = 3 && grep -q '^vafit: cut.json: line [0-9]*: not JSON: ' .err"
run "$VAFIT" diff good.json absent.json
expect 'a report that is not there' 4 '' 'vafit: absent.json: cannot open: No such file or directory'
truncate -s $(((256 << 20) + 1)) large.json
run "$VAFIT" diff good.json large.json
expect 'a report that is too large' 4 '' 'vafit: large.json: cannot read: it is larger than 268435456 bytes'
run "$VAFIT" diff good.json
expect 'one report' 2 '' 'vafit: diff needs two reports of `vafit check --format json`: the earlier, then the later one
vafit: see `vafit help diff`'

# An executable that was given twice stands twice in its report: the first is compared with the first.
run "$VAFIT" check main main --format json --profile macos-26 -o double.json
jq '.programs[1].va.sum += 5' double.json >grown.json
run "$VAFIT" diff double.json grown.json --format json
expect_true 'entries of one name, in order' test "$(jq -c '[.programs[].sum.growth]' .out)" = '[0,5]'
run "$VAFIT" diff double.json good.json --format json
expect_true 'one of two is gone' test "$(jq -c '[.programs[].presence]' .out)" = '["both","gone"]'
jq '.programs[0].images = [{path: "a", va: 1}, {path: "a", va: 2}, {path: "b", va: 3}]' good.json >one.json
jq '.programs[0].images = [{path: "b", va: 3}, {path: "a", va: 1}, {path: "a", va: 4}]' good.json >two.json
run "$VAFIT" diff one.json two.json --format json
expect_true 'images of one path, in order' test "$(jq -c '.programs[0] | [.unchanged, .images[].va.growth]' .out)" = '[2,2]'
jq '.programs[0].images = [{path: "a", va: 4}]' good.json >two.json
run "$VAFIT" diff one.json two.json --format json
expect_true 'the first with the first' test "$(jq -c '[.programs[0].images[] | [.path, .presence, .va.growth]]' .out)" = \
    '[["a","both",3],["a","gone",-2],["b","gone",-3]]'

# Programs are matched by each of their three names.
for member in executable arch profile; do
    jq --arg member $member '.programs += [.programs[0] | .[$member] = "a" | .va.sum += 7]' good.json >both.json
    jq '.programs |= .[1:]' both.json >second.json
    run "$VAFIT" diff both.json second.json --format json
    expect_true "by $member" test "$(jq -c --arg member $member '[.programs[] | [.[$member] == "a", .presence, .sum.growth]]' .out)" = \
        '[[true,"both",0],[false,"gone",null]]'
    jq '.programs[].images[0].va += 1048576' both.json >grown.json
    run "$VAFIT" diff both.json grown.json
    expect_true "images that grew alike in another $member" test "$(grep -c '+1.0 MiB  main$' .out)" = \
        $([ $member = profile ] && echo 1 || echo 2)
done
