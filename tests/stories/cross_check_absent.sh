# verify without vafit-lief, with it elsewhere, and vafit-lief by itself.
. "$(dirname "$0")/../lib/cross_check.sh"

few_programs
VAFIT_LIEF=/nonexistent run "$VAFIT" verify program both
expect 'without vafit-lief verify does the rest, and says so once' 0 \
    'program: well formed
both: well formed' 'vafit: LIEF: not built in (VAFIT_LIEF is /nonexistent)'
VAFIT_LIEF=$WORK run "$VAFIT" verify program
expect 'a folder is no program' 0 'program: well formed' \
    "vafit: LIEF: not built in (VAFIT_LIEF is $WORK)"
VAFIT_LIEF=/nonexistent run "$VAFIT" verify program --quiet
expect 'and --quiet says nothing' 0 '' ''
mkdir alone
cp "$VAFIT" alone/
run alone/vafit verify program
expect 'vafit alone' 0 'program: well formed' 'vafit: LIEF: not built in'
PATH=$PATH:$(dirname "$LIEF") run alone/vafit verify program
expect 'vafit alone, vafit-lief in PATH' 0 "program: $WELL" ''
VAFIT_LIEF=$LIEF run alone/vafit verify program
expect 'vafit alone, vafit-lief by VAFIT_LIEF' 0 "program: $WELL" ''

run "$LIEF"
expect 'vafit-lief wants a file' 2 '' 'usage: vafit-lief FILE'
run "$LIEF" both
expect_true 'vafit-lief prints one object with both slices' test \
    "$status $(jq -c '[.schema, (.slices[].header.cpu_type)]' .out)" = \
    '0 ["vafit.slice_summary/1",16777223,16777228]'
expect_true 'what LIEF logs is not in it' test "$(wc -l <.out)" = 1
