# The manual page: its lists of options are those of the program, and nothing in it is wrong to those who format it.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
PAGE=$TESTS/../docs/man/vafit.1

run "$TESTS/../scripts/update-manual" --check "$VAFIT"
expect 'the page is up to date' 0

# What it says of rules, profiles and verbs is held against what the program completes.
offered() {
    "$VAFIT" completion bash | sed -n "$1"
}
offered "s/.*check:--rule) .*words='\(.*\)' ;;/\1/p" | tr ' ' '\n' | sed 's/=.*//' | uniq >rules
sed -n '/^\.Sh RULES/,/^\.El/s/^\.It Cm //p' "$PAGE" >described
expect_same 'every rule is described, in order' rules described
offered "s/^_vafit_verbs='\(.*\)'/\1 help/p" | tr ' ' '\n' | sort >verbs
sed -n '/^\.Sh DESCRIPTION/,/^\.El/s/^\.It Cm //p' "$PAGE" | sort >described
expect_same 'every verb is described' verbs described
sed -n '/^\.Sh SYNOPSIS/,/^\.Sh/s/^\.Cm \([a-z]*\)$/\1/p' "$PAGE" | sort -u >described
expect_same 'every verb has a synopsis' verbs described

# A copy of the page, with a script of its own that knows it.
copy() {
    rm -rf copy && mkdir -p copy/docs/man copy/scripts
    cp "$TESTS/../scripts/update-manual" copy/scripts
    sed "$1" "$PAGE" >copy/docs/man/vafit.1
}
copy '/^\.It Fl Fl warn-at/d'
run copy/scripts/update-manual --check "$VAFIT"
expect 'a list without an option is found' 1 '' "vafit.1 is not up to date: run scripts/update-manual $VAFIT"
copy 's/^Keep so much free/Leave so much free/'
run copy/scripts/update-manual "$VAFIT"
expect 'the page is written anew' 0
expect_same 'what the program does not know of an option stays' "$PAGE" copy/docs/man/vafit.1
copy 's/^\.It Fl Fl up-to /.It Fl Fl down-to /'
run copy/scripts/update-manual "$VAFIT"
expect 'text of an option that is gone is not dropped' 1 '' \
    'vafit.1: there is no option any more for the text behind: .It Fl Fl down-to Ar level'

if command -v mandoc >/dev/null; then
    run mandoc -T lint -W warning "$PAGE"
    expect 'mandoc finds nothing wrong' 0
else
    skip 'mandoc finds nothing wrong' 'there is no mandoc'
fi
if command -v groff >/dev/null; then
    run groff -ww -z -mandoc -T utf8 "$PAGE"
    expect 'groff finds nothing wrong' 0
else
    skip 'groff finds nothing wrong' 'there is no groff'
fi
if command -v man >/dev/null; then
    run env MANWIDTH=80 man -l "$PAGE"
    expect 'man shows it' 0 - ''
    grep -q '^ *--up-to level' .out || fail 'man shows the options' <.out
else
    skip 'man shows it' 'there is no man'
fi
