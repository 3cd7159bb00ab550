# A debugger finds the same function and line for 100 functions before and after their dylibs became one image: by the
# dSYM that dsymutil makes of it, by its debug map alone, and by the dSYMs of the parts as docs/consolidate.md says.
. "$(dirname "$0")/../lib/many_dylibs.sh"

COUNT=12
# lookups DSYM FILE: what lldb says of the addresses on stdin, a line each: function, file and line.
lookups() {
    {
        [ -n "$1" ] && echo "target create -s $1/Contents/Resources/DWARF/${2##*/} $2" || echo "target create $2"
        while read -r address; do echo "image lookup -a $address"; done
    } >commands
    lldb-19 -b -x -s commands 2>/dev/null | sed -n 's/^ *Summary: [^`]*`//p'
}
# parts: a line for each segment of a part: its file, old address, size and new address.
parts() {
    jq -r '.parts[] | .file as $file | .segments[] | [$file, .old_address, .size, .address] | @tsv' \
        many/libconsolidated.dylib.parts.json
}
# moved FROM TO: of the files and addresses on stdin, the address where a segment was in column FROM of `map`, is in TO.
moved() {
    while read -r file address; do
        awk -F'\t' -v file="$file" -v at="$((address))" -v from="$1" -v to="$2" \
            '$1 == file && at >= $from && at < $from + $3 { printf "0x%x\n", $to + at - $from }' map
    done
}

for arch in arm64 x86_64; do
    many_objects $arch $COUNT || fail "$arch: compiling" <<<'the compiler failed'
    rm -rf many old && many_dylibs $arch $COUNT many -fixup_chains || fail "$arch: linking" <<<'the linker failed'
    cp -aL many old
    run "$VAFIT" consolidate many/main many/other --in-place -q
    expect "$arch: consolidated" 0
    parts >map
    # About 100 functions, of all parts.
    for file in $(cut -f1 map | sort -u); do
        dsymutil-19 "old/$file" -o "$file.dSYM" >/dev/null 2>&1
        llvm-nm-19 -n --defined-only "old/$file" 2>/dev/null | awk '$2 ~ /[tT]/ && !seen[$1]++ { print "0x" $1 }' |
            awk '{ line[NR] = $0 } END { for (i = 1; i <= 9 && i <= NR; i++) print line[int(1 + (i - 1) * (NR - 1) / 8)] }' |
            uniq | sed "s/^/$file /"
    done >functions
    for file in $(cut -d' ' -f1 functions | uniq); do
        sed -n "s/^$file //p" functions | lookups "$file.dSYM" "old/$file"
    done >wanted
    moved 2 4 <functions >addresses
    count=$(wc -l <functions)
    expect_true "$arch: $count functions have a place" test "$count" -ge 100 -a "$(wc -l <addresses)" = "$count" \
        -a "$(wc -l <wanted)" = "$count"
    expect_true "$arch: most have a line" test "$(grep -c ' at [a-z0-9]*\.\(cpp\|h\):[0-9]' wanted)" -ge 70
    dsymutil-19 many/libconsolidated.dylib -o merged.dSYM >said 2>&1
    expect_true "$arch: dsymutil makes one dSYM" test -d merged.dSYM
    lookups merged.dSYM many/libconsolidated.dylib <addresses >found
    expect_same "$arch: the same functions and lines by its dSYM" wanted found
    lookups '' many/libconsolidated.dylib <addresses >found
    expect_same "$arch: the same by its debug map" wanted found
    # As somebody with a crash report does: from the new address to the part's, and its dSYM.
    paste -d' ' <(cut -d' ' -f1 functions) addresses | moved 4 2 >back
    paste -d' ' <(cut -d' ' -f1 functions) back >old_addresses
    for file in $(cut -d' ' -f1 functions | uniq); do
        sed -n "s/^$file //p" old_addresses | lookups "$file.dSYM" "old/$file"
    done >found
    expect_same "$arch: the same by the dSYM of the part" wanted found
done
