# GN: what gn refuses, and the lists of names that vafit.gni shares with vafit.
. "$(dirname "$0")/../lib/gn.sh"

built_once
# refused NAME MESSAGE GN...: these targets in app/BUILD.gn.
refused() {
    local name=$1 message=$2
    shift 2
    { cat plain && printf '%s\n' "$@"; } >app/BUILD.gn
    run gn -q gen out
    expect_true "$name: gn gen fails" test $status = 1
    expect_true "$name: says why" grep -qxF -- "$message" .out
    expect_true "$name: says where" grep -qE -- "(//app/BUILD.gn:[0-9]+:[0-9]+|//app:x)" .out
}
generate
with() {
    printf 'vafit_check("x") {\n  %s\n}\n' "$*"
}
of='executable = ":app"'
who='//app:x (vafit_check):'
refused 'a limit without unit' "$who limit \"16\" is no size with a unit, such as 64MiB or 16GiB" "$(with $of 'limit = "16"')"
refused 'a headroom without unit' "$who headroom \"1024\" is no size with a unit, such as 64MiB or 16GiB" \
    "$(with $of 'headroom = "1024"')"
refused 'a unit without number' "$who limit \"GiB\" is no size with a unit, such as 64MiB or 16GiB" "$(with $of 'limit = "GiB"')"
refused 'a number after the unit' "$who limit \"1MiB6\" is no size with a unit, such as 64MiB or 16GiB" \
    "$(with $of 'limit = "1MiB6"')"
refused 'an unknown rule' "$who rule \"image-sun=warn\" is not NAME=LEVEL; names are image-sum malloc-window shared-region image-size linkedit-alignment unresolved growth, levels are error warn off" \
    "$(with $of 'rules = [ "image-sun=warn" ]')"
refused 'an unknown level' "$who up_to \"most\" is none of align lossless debug-map locals symbols exports consolidate lossless+consolidate debug-map+consolidate locals+consolidate symbols+consolidate exports+consolidate" "$(with $of 'up_to = "most"')"
refused 'an unknown profile' "$who \"macos-99\" is neither a profile of vafit's nor a .json file" \
    "$(with $of 'profile = "macos-99"')"
refused 'a profile that is not there' "I resolved this to \"$PWD/app/gone.json\"." "$(with $of 'profile = "gone.json"')"
refused 'a baseline that is not there' "I resolved this to \"$PWD/app/gone.json\"." "$(with $of 'baseline = "gone.json"')"
refused 'growth over nothing' "$who \`max_growth\` needs a \`baseline\` to grow from" "$(with $of 'max_growth = "1MiB"')"
refused 'no executable' "$who \`executable\` is missing, the label of what to judge" "$(with 'limit = "16GiB"')"
refused 'a target that is not there' '  needs //app:gone(//build/toolchain:mac_arm64)' "$(with 'executable = ":gone"')"
refused 'a dylib in place of an executable' '  //out/words' "$(with 'executable = "//words"')"
refused 'a group in place of an executable' '  //out/default' "$(with 'executable = "//:default"')"
refused 'a misspelt variable' 'You set the variable "limits" here and it was unused before it went' \
    "$(with $of 'limits = "16GiB"')"
refused 'a variable of the other template' 'You set the variable "baseline" here and it was unused before it went' \
    'vafit_fix("x") {' "  $of" '  baseline = "plain"' '}'
group() { printf 'vafit_check_group("x") {\n  %s\n}\n' "$*"; }
who='//app:x (vafit_check_group):'
refused 'a group of nothing' "$who what is to be judged? \`executables\`, \`programs_of\` or \`files\` say it" "$(group 'limit = "16GiB"')"
refused 'files that nobody makes' "$who \`files\` needs \`deps\`, the targets that make them" "$(group 'files = [ "$root_out_dir/app" ]')"
refused 'a group, a limit without unit' "$who limit \"16\" is no size with a unit, such as 64MiB or 16GiB" \
    "$(group 'executables = [ ":app" ] limit = "16"')"
refused 'one program of a group' 'You set the variable "executable" here and it was unused before it went' \
    "$(group 'executables = [ ":app" ] executable = ":app"')"
fix='vafit_fix_group("x") { executables = [ ":app" ]'
refused 'a plan that is not set' 'vafit_fix_group needs vafit_plan, the file that links are to read' "$fix }"
echo '{"schema": "vafit.plan/1", "images": []}' >build/plan.json
generate 'vafit_plan = "//build/plan.json"'
refused 'a plan that drops exports' '//app:x (vafit_fix_group): up_to "exports": links neither drop exports nor consolidate' "$fix up_to = \"exports\" }"
refused 'a plan that consolidates' '//app:x (vafit_fix_group): up_to "symbols+consolidate": links neither drop exports nor consolidate' "$fix up_to = \"symbols+consolidate\" }"
cp plain app/BUILD.gn
# argument NAME MESSAGE LINE...: these arguments in args.gn.
argument() {
    local name=$1 message=$2
    shift 2
    printf '%s\n' "$@" >out/args.gn
    run gn -q gen out
    expect_true "$name: gn gen fails" test $status = 1
    expect_true "$name: says why" grep -qxF -- "$message" .out
}
argument 'an unknown mode' 'vafit_mode is "check", "fix" or "off", not "no"' 'vafit_mode = "no"'
argument 'an unknown level of links' \
    'vafit_link_level "most" is none of if-needed align lossless debug-map locals symbols' \
    "vafit_path = \"$VAFIT\"" 'vafit_link_level = "most"'
argument 'dylibs without symbols, of which nm makes the .TOC' \
    'vafit_solink_level "symbols" leaves nm no exports to make a .TOC of, so that clients would not be linked again when one goes; use "locals", or set vafit_toc_from_exports_trie where the toolchain makes .TOC files from the exports trie' \
    "vafit_path = \"$VAFIT\"" 'vafit_solink_level = "symbols"'
argument 'links by a vafit that the build makes' \
    'vafit_link_level, vafit_solink_level and vafit_plan need a vafit that is not part of the build: without vafit_from_source, and with its path as vafit_path' \
    'vafit_from_source = true' 'vafit_link_level = "locals"'

argument 'a plan and a level' 'vafit_plan says how far links shrink: vafit_link_level and vafit_solink_level have to be empty' \
    "vafit_path = \"$VAFIT\"" 'vafit_plan = "//build/plan.json"' 'vafit_link_level = "locals"'
argument 'a plan that is not there' "I resolved this to \"$PWD/build/gone.json\"." "vafit_path = \"$VAFIT\"" 'vafit_plan = "//build/gone.json"'

# The lists in vafit.gni are vafit's.
"$VAFIT" check out/app --format sarif | jq -r '.runs[0].tool.driver.rules[].id' >wanted
sed -n '/^_rules = \[/,/^\]/ s/^  "\(.*\)",/\1/p' third_party/vafit/gn/vafit.gni >listed
expect_same 'GN knows the rules of vafit' wanted listed
"$VAFIT" help check | sed -n 's/.*--profile NAME|FILE *\(.*\), or a JSON file.*/\1/p' |
    sed 's/^judge for that system: //; s/ (default)//g; s/, /\n/g' >wanted
sed -n '/^_profiles = \[/,/^\]/ s/^  "\(.*\)",/\1/p' third_party/vafit/gn/vafit.gni >listed
expect_same 'its profiles' wanted listed
"$VAFIT" help fix | sed -n 's/.*--up-to LEVEL *the highest level, and whether dylibs may be consolidated: //p' | sed 's/ (default)//; s/, \| or /\n/g' >wanted
sed -n '/^_levels = \[/,/^\]/ s/^  "\(.*\)",/\1/p' third_party/vafit/gn/vafit.gni >listed
expect_same 'and its levels' wanted listed

# Each GN on PATH; the newer ones break comments at 80 columns.
mapfile -t files < <(find "$TESTS/../gn" "$TESTS/../examples/gn" "$TESTS/gn" "$TESTS/../BUILD.gn" -name '*.gn' -o -name '*.gni' -o -name .gn)
for gn in $(type -ap gn | xargs realpath | sort -u); do
    run "$gn" format --dry-run "${files[@]}"
    expect "the build files are formatted, says GN $("$gn" --version | sed 's/ .*//')" 0 '' ''
done
run awk 'length > 80 && /^ *# [^ ]/ { print FILENAME ": " $0 }' "${files[@]}"
expect 'no comment is longer than 80 columns' 0 '' ''
