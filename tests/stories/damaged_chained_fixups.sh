# Damaged chained fixups: verify says why they cannot be read, or which pointer they fill otherwise.
. "$(dirname "$0")/../lib/victim.sh"

arm64_damages
# By hand: __DATA_CONST has _weak_number, _host_print_int, two pointers into the image and _helper; __DATA two
# pointers, _helper, _many and _helper_names. The imports are named in that order.
fixups=${at[LC_DYLD_CHAINED_FIXUPS.dataoff]} fixups_size=${at[LC_DYLD_CHAINED_FIXUPS.datasize]}
imports=$(u32 $((fixups + 8))) import_names=$(u32 $((fixups + 12))) starts=$(u32 $((fixups + 4)))
# The starts of the first segment that has any: __DATA_CONST, the third.
i=0
while [ "$(u32 $((fixups + starts + 4 + 4 * i)))" = 0 ]; do i=$((i + 1)); done
expect_true 'arm64: __DATA_CONST is the first segment with fixups' test $i = 2
segment_starts=$((starts + $(u32 $((fixups + starts + 4 + 4 * i)))))
constant=${at[__DATA_CONST.vmaddr]} data=${at[__DATA.vmaddr]}

# broken_fixup NAME OFFSET:SIZE VALUE FINDING: a number in the chained fixups changed so that they are malformed.
broken_fixup() { malformed "arm64: $1" "chained fixups $4" '' "@$((fixups + ${2%:*})):${2#*:}=$3"; }
# changed_fixup NAME OFFSET:SIZE VALUE FINDINGS: so that they mean something else.
changed_fixup() { damage "arm64: $1" 1 "$4" "@$((fixups + ${2%:*})):${2#*:}=$3"; }
of_constant='segment 2 (__DATA_CONST)' overrun="run into the names at $(hex "$import_names")"
broken_fixup 'the version of the fixups' 0:4 1 'fixups_version: 1 is unknown'
broken_fixup 'where the starts are' 4:4 "$fixups_size" \
    "starts_offset: $(hex "$fixups_size") leaves no room in the part, $(hex "$fixups_size") bytes"
broken_fixup 'where the imports are' 8:4 +4 "imports_count: 5 imports at $(hex $((imports + 4))) $overrun"
broken_fixup 'where the imports are: past the end' 8:4 $((fixups_size + 1)) \
    "imports_offset: $(hex $((fixups_size + 1))) lies past the end of the part, $(hex "$fixups_size") bytes"
broken_fixup 'where the names are: past the end' 12:4 $((fixups_size + 1)) \
    "symbols_offset: $(hex $((fixups_size + 1))) lies past the end of the part, $(hex "$fixups_size") bytes"
broken_fixup 'how many imports there are' 16:4 +1 "imports_count: 6 imports at $(hex "$imports") $overrun"
broken_fixup 'too few imports' 16:4 4 "$(hex $((data + 32))) (__DATA) ordinal: there is no import 4, but 4 in all"
broken_fixup 'the format of imports' 20:4 4 'imports_format: 4 is unknown'
broken_fixup 'another format of imports' 20:4 2 "imports_count: 5 imports at $(hex "$imports") $overrun"
broken_fixup 'compressed names' 24:4 1 'symbols_format: 1 is unknown; only plain names are read'
broken_fixup 'how many segments have fixups' "$starts:4" +1 'seg_count: 6 segments, but the image has 5'
broken_fixup 'fixups that begin in the imports' "$((starts + 12)):4" $((imports - starts)) \
    "$of_constant seg_info_offset: $(hex $((imports - starts))) leaves no room before the imports at $(hex "$imports")"
broken_fixup 'the size of starts' "$segment_starts:4" 21 \
    "$of_constant size: 21 bytes are too few or run into the imports at $(hex "$imports")"
broken_fixup 'the page size of fixups' "$((segment_starts + 4)):2" 0x2000 \
    "$of_constant page_size: 0x2000 bytes are neither 4 KiB nor 16 KiB"
broken_fixup 'the pointer format' "$((segment_starts + 6)):2" 3 \
    "$of_constant pointer_format: 3 is none of a program of 64 bits: 1, 2, 6, 9, 12"
broken_fixup 'another pointer format' "$((segment_starts + 6)):2" 6 \
    'segment 3 (__DATA) pointer_format: 2, but 6 in a segment before it'
broken_fixup 'where the segment of fixups is' "$((segment_starts + 8)):8" +8 \
    "$of_constant segment_offset: 0x4008, but the segment is 0x4000 after the header"
broken_fixup 'how many pages have fixups' "$((segment_starts + 20)):2" 3 \
    "$of_constant page_count: 3 pages run past the segment's starts, 24 bytes"
broken_fixup 'several chains in a page' "$((segment_starts + 22)):2" 0x8000 \
    "$of_constant page_start[0]: 0x8000 begins several chains, which only 32-bit formats can"
broken_fixup 'a chain that begins at the end of its page' "$((segment_starts + 22)):2" 0x3ffc \
    "$of_constant page_start[0]: 0x3ffc leaves no room for a pointer in a page of 0x4000 bytes"
broken_fixup 'the name of an import past the end' "$((imports + 1)):1" 0xfe \
    'import 0 name_offset: the name does not end inside the part'
broken_fixup 'the ordinal of no library' "$imports:1" 4 'import 0 lib_ordinal: 4, but the image loads 3 dylibs'

weak_number='_weak_number of ordinal -3 (weak lookup)'
changed_fixup 'where the names of imports are' 12:4 +1 \
    "chained fixups: at $(in_constant 0): binds ${weak_number#_}, was binds $weak_number
chained fixups: at $(in_constant 8): binds host_print_int of ordinal 3, was binds _host_print_int of ordinal 3
chained fixups: at $(in_constant 32): binds helper of ordinal 1, was binds _helper of ordinal 1
chained fixups: at $(in_data 16): binds helper of ordinal 1, was binds _helper of ordinal 1
chained fixups: at $(in_data 24): binds many of ordinal 2, was binds _many of ordinal 2
chained fixups: 1 more difference"
changed_fixup 'where a chain begins in its page' "$((segment_starts + 22)):2" 8 \
    "chained fixups: at $(in_constant 0): there is none, was binds $weak_number"
changed_fixup 'a page without fixups' "$((segment_starts + 22)):2" 0xffff "$(
    echo "chained fixups: at $(in_constant 0): there is none, was binds $weak_number"
    echo "chained fixups: at $(in_constant 8): there is none, was binds _host_print_int of ordinal 3"
    for i in 16 24; do
        echo "chained fixups: at $(in_constant $i): there is none, was points to $(
            hex $(($(u64 $((at[__DATA_CONST.fileoff] + i))) & 0xfffffffff))
        )"
    done
    echo "chained fixups: at $(in_constant 32): there is none, was binds _helper of ordinal 1"
)"
changed_fixup 'the library of an import' "$imports:1" 2 \
    "chained fixups: at $(in_constant 0): binds _weak_number of ordinal 2, was binds $weak_number"
changed_fixup 'an import that may be missing' "$((imports + 5)):1" +1 \
    "chained fixups: at $(in_constant 8): binds _host_print_int of ordinal 3, which may be missing, was binds _host_print_int of ordinal 3"
changed_fixup 'the name of an import' "$((import_names + 2)):1" 88 \
    "chained fixups: at $(in_constant 0): binds _wXak_number of ordinal -3 (weak lookup), was binds $weak_number"

cp "$good" copy
poke_all copy @$((fixups + imports + 8)):4="$(u32 $((fixups + imports + 12)))" \
    @$((fixups + imports + 12)):4="$(u32 $((fixups + imports + 8)))"
judged 'arm64: two imports that change places' 1 "$(bad_page)
chained fixups: at $(in_constant 32): binds _many of ordinal 2, was binds _helper of ordinal 1
chained fixups: at $(in_data 16): binds _many of ordinal 2, was binds _helper of ordinal 1
chained fixups: at $(in_data 24): binds _helper of ordinal 1, was binds _many of ordinal 2"

# What no reader looks at means nothing; only the page's hash is another.
expect_true 'arm64: the chained fixups end with padding' test "$(byte $((fixups + fixups_size - 2)))" = 0
changed_fixup 'padding after the names of imports' "$((fixups_size - 1)):1" 1 ''
damage 'arm64: the value of a symbol' 1 "symbol 0: $stranger" @$((at[LC_SYMTAB.symoff] + 8)):8=+4
