# check --top-names says who fills the symbol tables. Sums are worked out by hand.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

# Six symbols of absl::log::, of 23 characters and 16 bytes of entry: 6 * 24 = 144, 6 * 16 = 96. Four of
# absl::Map<, two of absl:: alone, one of Rust's core::fmt::.
{
    for i in 1 2 3 4 5 6; do echo "__ZN4absl3log4run${i}EiPKc"; done
    for i in 1 2 3 4; do echo "__ZN4absl3MapIcE3at${i}Ev"; done
    echo __ZN4absl3addEv __ZN4absl3subEv __ZN4core3fmt5write17h0123456789abcdefE _main | tr ' ' '\n'
} >names
awk '{ print ".globl " $1 "\n" $1 ": .quad 0" }' names | sed '1i .data' >names.s
clang-19 --target=arm64-apple-macos13 -c names.s -o names.o && link arm64 -dylib -install_name @rpath/libnames.dylib -o libnames.dylib names.o ||
    { fail 'building' <<<'the linker failed'; exit; }
echo dyld_stub_binder >>names # lld adds it
# sums PATTERN: of the names, strings and entries in bytes and how many.
sums() { grep -e "$1" names | awk '{ strings += length($1) + 1 } END { print strings, 16 * NR, NR }'; }
# names N: rows of the report.
names() { "$VAFIT" check libnames.dylib --top-names "$1" --format json | jq -r '.programs[0].top_names | (.rows[] | "\(.kind) \(.prefix)= \(.strings) \(.entries) \(.count)"), (.rest, .total | "\(.strings) \(.entries) \(.count)")'; }

cat >wanted <<END
c++ absl::log::= $(sums 3log)
c++ absl::Map<= $(sums 3Map)
c++ absl::= $(sums '3add\|3sub')
rust core::fmt::= $(sums 4core)
other dyld_= $(sums dyld)
$(sums _main)
$(sums .)
END
names 5 >found
expect_same 'each prefix has its own names' wanted found
cat >wanted <<END
c++ absl::log::= $(sums 3log)
c++ absl::Map<= $(sums 3Map)
$(sums '3add\|3sub\|4core\|_main\|dyld')
$(sums .)
END
names 2 >found
expect_same 'of two rows the rest has all others' wanted found
cat >wanted <<END
c++ absl::log::= $(sums 3log)
$(sums '3Map\|3add\|3sub\|4core\|_main\|dyld')
$(sums .)
END
names 1 >found
# 240 bytes; all others of absl:: are 220.
expect_same 'one row is the longest prefix of the most' wanted found

read -r strings entries count <<<"$(sums 3log)"
run "$VAFIT" check libnames.dylib --top-names 1
sed -n '/^  who/,$p' .out >found
{
    echo '  who fills the symbol tables of all images:'
    printf '  %11s%11s%11s  %s\n' strings entries symbols 'names that begin with' "$strings bytes" "$entries bytes" "$count" 'c++ absl::log::'
    read -r strings entries count <<<"$(sums '3Map\|3add\|3sub\|4core\|_main\|dyld')"
    printf '  %11s%11s%11s  %s\n' "$strings bytes" "$entries bytes" "$count" 'the rest'
    read -r strings entries count <<<"$(sums .)"
    printf '  %11s%11s%11s  %s\n' "$strings bytes" "$entries bytes" "$count" all
} >wanted
expect_same 'as text' wanted found
expect_true 'nothing where it is not asked for' test "$("$VAFIT" check libnames.dylib --format json | jq .programs[0].top_names)" = null

# A string that two symbols use counts once; each has its entry.
"$MAKE_MACHO" image --out twice --type execute --symbols 100
python3 "$TESTS/lib/breakdown.py" twice | jq '.symbols + .strings + .debug_map + .local_symbols' >wanted
"$VAFIT" check twice --top-names 3 --format json | jq '.programs[0].top_names.total | .strings + .entries' >found
expect_same 'the sum is that of the parts' wanted found
run "$VAFIT" check twice --top-names 3 --facts facts.json
expect 'facts have no names' 2 '' 'vafit: --top-names needs the images themselves, not --facts
vafit: see `vafit help check`'
