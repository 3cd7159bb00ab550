# The command line: what is wrong with it is said in one line, with where to read more.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

run "$VAFIT"
expect 'no verb prints the usage' 2 '' -

run "$VAFIT" --version
expect 'the version' 0 'vafit 0.1.0'

run "$VAFIT" chekc
expect 'a misspelt verb' 2 '' "vafit: there is no verb 'chekc'; did you mean check?
vafit: see \`vafit help\`"

run "$VAFIT" help chekc
expect 'help for a misspelt verb' 2 '' "vafit: there is no verb 'chekc'; did you mean check?
vafit: see \`vafit help\`"
run "$VAFIT" judge
expect 'an unknown verb' 2 '' "vafit: there is no verb 'judge'
vafit: see \`vafit help\`"

run "$VAFIT" help check
expect 'help for a verb' 0 - ''
expect_true 'it lists the options' grep -q -- '--max-growth SIZE' .out
sed -n '/^Rules/,$s/^  \([a-z-]*\) .*/\1/p' .out >rules
sed -n 's/^## \([a-z-]*\)$/\1/p' "$TESTS/../docs/rules.md" | head -7 >documented
expect_same 'and the rules' documented rules
expect_true 'each with a line of its own' grep -qx '  linkedit-alignment   a part of __LINKEDIT does not begin at .*' .out
run "$VAFIT" help why
expect_true 'a verb without rules lists none' test "$(grep -c '^Rules' .out)" = 0
run "$VAFIT" help check

run "$VAFIT" check --help
mv .out asked
run "$VAFIT" help check
expect_same '--help after a verb is the same' asked .out
run "$VAFIT" check main --forma json
expect 'a beginning of an option is none' 2 '' 'vafit: there is no option --forma; did you mean --format?
vafit: see `vafit help check`'
run "$VAFIT" check main --formats json
expect 'a misspelt option' 2 '' 'vafit: there is no option --formats; did you mean --format?
vafit: see `vafit help check`'
run "$VAFIT" check main --profle=macos-26
expect 'a misspelt option with its argument' 2 '' 'vafit: there is no option --profle=macos-26; did you mean --profile?
vafit: see `vafit help check`'
run "$VAFIT" check main --colour always
expect 'a letter more' 2 '' 'vafit: there is no option --colour; did you mean --color?
vafit: see `vafit help check`'
run "$VAFIT" check main --everything
expect 'an unknown option' 2 '' 'vafit: there is no option --everything, or it takes no argument
vafit: see `vafit help check`'
run "$VAFIT" check main --format josn
expect 'a misspelt choice' 2 '' "vafit: --format takes one of text, json, sarif, github, junit, not 'josn'; did you mean json?
vafit: see \`vafit help check\`"
run "$VAFIT" shrink main -o out --level debugmap
expect 'a misspelt level' 2 '' "vafit: --level takes one of align, lossless, debug-map, locals, symbols, not 'debugmap'; did you mean debug-map?
vafit: see \`vafit help shrink\`"
run "$VAFIT" check main --rule image_sum=off
expect 'a misspelt rule' 2 '' "vafit: --rule: there is no rule 'image_sum'; did you mean image-sum?
vafit: see \`vafit help check\`"
run "$VAFIT" check main --rule image-sum=eror
expect 'a misspelt severity' 2 '' 'vafit: --rule image-sum=eror: the severity is error, warn or off; did you mean error?
vafit: see `vafit help check`'
run "$VAFIT" check main -x
expect 'an unknown letter' 2 '' 'vafit: there is no option -x
vafit: see `vafit help check`'
run "$VAFIT" check main --verbose=yes
expect 'an argument for a flag' 2 '' 'vafit: there is no option --verbose=yes, or it takes no argument
vafit: see `vafit help check`'
run "$VAFIT" check main --limit
expect 'a missing argument' 2 '' 'vafit: --limit needs an argument
vafit: see `vafit help check`'
run "$VAFIT" check main --limit 16
expect 'a size that lacks its unit' 2 '' "vafit: --limit 16: 16 bytes or 16GiB? less than 1048576 needs a unit: K, M, G, T
vafit: see \`vafit help check\`"
run "$VAFIT" fix main --dry-run --headroom 64
expect 'each option knows what it may lack' 2 '' "vafit: --headroom 64: 64 bytes or 64MiB? less than 1048576 needs a unit: K, M, G, T
vafit: see \`vafit help fix\`"
run "$VAFIT" check main --limit 16GB
expect 'a size with a unit of its own' 2 '' "vafit: --limit takes a size such as 64MiB, 1.5GiB or 1048576, not '16GB'
vafit: see \`vafit help check\`"
run "$VAFIT" check main --top many
expect 'a number that is none' 2 '' "vafit: --top takes a whole number of at most 1000000, not 'many'
vafit: see \`vafit help check\`"
run "$VAFIT" check main --format xml
expect 'an unknown format' 2 '' "vafit: --format takes one of text, json, sarif, github, junit, not 'xml'
vafit: see \`vafit help check\`"
run "$VAFIT" check main --rule images=off
expect 'an unknown rule' 2 '' "vafit: --rule: there is no rule 'images'
vafit: see \`vafit help check\`"
run "$VAFIT" check main --rule image-sum=on
expect 'an unknown level' 2 '' 'vafit: --rule image-sum=on: the severity is error, warn or off
vafit: see `vafit help check`'
run "$VAFIT" check main --profile macos-14
expect 'an unknown profile' 2 '' "vafit: there is no profile 'macos-14'
vafit: see \`vafit help check\`"
run "$VAFIT" check main --warn-at 101
expect 'a percentage past 100' 2 '' 'vafit: --warn-at takes a percentage of at most 100
vafit: see `vafit help check`'
run "$VAFIT" check
expect 'nothing to check' 2 '' 'vafit: check needs an executable
vafit: see `vafit help check`'
run "$VAFIT" check gone also-gone
expect 'every executable that is not there is named' 4 '' 'vafit: gone: cannot open: No such file or directory
vafit: also-gone: cannot open: No such file or directory'
printf -- '--- !tapi-tbd\n' >libx.tbd
run "$VAFIT" check libx.tbd
expect 'a stub is no image' 3 '' 'vafit: libx.tbd: magic: a text-based stub for linkers; give the dylib that it stands for'
run "$VAFIT" check .
expect 'a folder without programs' 3 '' 'vafit: .: no program is below this folder: no Mach-O executable'
