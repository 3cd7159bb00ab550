# Programs whose dylibs are malformed, go round in circles, or are no files at all.
# Labels: quick
. "$(dirname "$0")/../lib/malformed.sh"

mkdir bin

# library NAME [NAME...] and program NAME [NAME...]: an image in bin/ that loads these from beside it.
library() {
    local loads=("${@:2}")
    loads=("${loads[@]/#/--load=@rpath/}")
    make_dylib "bin/$1" --id "@rpath/$1" --load /usr/lib/libSystem.B.dylib "${loads[@]}"
}

program() {
    local loads=("${@:2}")
    loads=("${loads[@]/#/--load=@rpath/}")
    make_executable "bin/$1" --rpath @loader_path --load /usr/lib/libSystem.B.dylib "${loads[@]}"
}

# images NAME COUNT FILE: check finds the program well, with that many images.
images() {
    run "$VAFIT" check "$3" --format json
    expect "$1" 0 - ''
    expect_true "$1: the count of images" grep -q "\"image_count\": $2," "$WORK/.out"
}

# --- malformed dylibs ---

symtab='load command 7 (LC_SYMTAB) cmdsize: 25 bytes where dyld wants exactly 24'
program a lib1.dylib
library lib1.dylib lib2.dylib
library lib2.dylib lib3.dylib
library lib3.dylib
poke_all bin/lib3.dylib lc7+4:4=25
refused 'a malformed dylib of a dylib of a dylib' 3 "vafit: bin/lib3.dylib: $symtab" \
    "$VAFIT" check bin/a
refused 'vafit why says so too' 3 "vafit: bin/lib3.dylib: $symtab" "$VAFIT" why bin/a lib1.dylib
refused 'vafit scan says so too' 3 "vafit: bin/lib3.dylib: $symtab" "$VAFIT" scan bin/a bin/lib3.dylib
run "$VAFIT" check bin/a --exit-zero
expect '--exit-zero is for what is found, not for malformed inputs' 3 '' \
    "vafit: bin/lib3.dylib: $symtab"

program b lib3.dylib
refused 'two programs with the same malformed dylib' 3 "vafit: bin/lib3.dylib: $symtab" \
    "$VAFIT" check bin/a bin/b
ln -s lib3.dylib bin/link.dylib
program c lib3.dylib link.dylib
refused 'a malformed dylib by two names' 3 "vafit: bin/lib3.dylib: $symtab" "$VAFIT" check bin/c
rm bin/link.dylib
make_executable bin/d --rpath @loader_path --weak @rpath/lib3.dylib
refused 'a malformed dylib that may be missing' 3 "vafit: bin/lib3.dylib: $symtab" \
    "$VAFIT" check bin/d
refused 'a malformed dylib that --allow-missing names' 3 "vafit: bin/lib3.dylib: $symtab" \
    "$VAFIT" check bin/b --allow-missing '*lib3*'
program e
refused 'a malformed dylib that is inserted' 3 "vafit: bin/lib3.dylib: $symtab" \
    "$VAFIT" check bin/e --insert bin/lib3.dylib

# All that are malformed are told, in the order in which they are loaded.
program a lib1.dylib lib2.dylib lib3.dylib lib4.dylib lib5.dylib
library lib1.dylib
library lib2.dylib
library lib4.dylib lib6.dylib
library lib5.dylib
library lib6.dylib
poke_all bin/lib1.dylib @0:4=0
poke_all bin/lib2.dylib header+12:4=7
poke_all bin/lib5.dylib size=3
poke_all bin/lib6.dylib lc5+8:4=0x4000 lc5+12:4=0x98
errors="vafit: bin/lib1.dylib: magic: 0x00000000 is not that of a Mach-O file
vafit: bin/lib2.dylib: mach_header filetype: 7 is neither an executable (2), a dylib (6) nor a bundle (8)
vafit: bin/lib3.dylib: $symtab
vafit: bin/lib5.dylib: magic: the file has 3 bytes, too few for a Mach-O file
vafit: bin/lib6.dylib: load command 5 (LC_DYLD_CHAINED_FIXUPS) dataoff: the chained fixups, 0x98 bytes at 0x4000, lies outside __LINKEDIT, 0xc000 to 0x10000"
refused 'several malformed dylibs' 3 "$errors" "$VAFIT" check bin/a
poke_all bin/a lc0+4:4=0
refused 'a malformed executable: its dylibs are not looked for' 3 \
    'vafit: bin/a: load command 0 (LC_SEGMENT_64) cmdsize: 0 bytes are fewer than the 8 of any load command' \
    "$VAFIT" check bin/a
refused 'several malformed operands' 3 \
    "vafit: bin/a: load command 0 (LC_SEGMENT_64) cmdsize: 0 bytes are fewer than the 8 of any load command
vafit: bin/lib1.dylib: magic: 0x00000000 is not that of a Mach-O file
vafit: bin/lib3.dylib: $symtab" "$VAFIT" check bin/a bin/e bin/lib1.dylib bin/lib3.dylib
refused 'a malformed operand, and one that is not there' 4 \
    "vafit: bin/lib3.dylib: $symtab
vafit: bin/nothing: cannot open: No such file or directory" "$VAFIT" check bin/lib3.dylib bin/nothing

# Malformed inputs leave a report and a baseline from before as they were.
printf 'before\n' >report.json
printf '{"schema": "vafit.baseline/1", "programs": []}\n' >baseline.json
run "$VAFIT" check bin/e bin/lib3.dylib --output report.json --depfile report.d \
    --baseline baseline.json --update-baseline
expect 'old files stay' 3 '' "vafit: bin/lib3.dylib: $symtab"
expect_same 'the report stays' report.json <(printf 'before\n')
expect_same 'the baseline stays' baseline.json \
    <(printf '{"schema": "vafit.baseline/1", "programs": []}\n')
expect_true 'there is no depfile' test ! -e report.d
rm -r bin report.json baseline.json
mkdir bin

# --- circles ---

program a liba.dylib
library liba.dylib libb.dylib
library libb.dylib liba.dylib
images 'two dylibs that load each other' 3 bin/a
library liba.dylib liba.dylib
images 'a dylib that loads itself' 2 bin/a
run "$VAFIT" check bin/liba.dylib
expect 'a dylib that loads itself, alone' 0 - ''
library liba.dylib a
run "$VAFIT" check bin/a
expect 'a dylib that loads the executable by name' 0 - ''
program b c
program c
run "$VAFIT" check bin/b --format github
expect 'an executable that loads another executable' 3 \
    '::error file=bin/b,title=vafit (arm64%2C macos-26)::unresolved: bin/b asks for @rpath/c, which was not found; tried bin/c (an executable, which cannot be linked against)'

names=()
for i in {1..12}; do names+=("lib$i.dylib"); done
for name in "${names[@]}"; do library "$name" "${names[@]}"; done
program a "${names[@]}"
images 'a dozen dylibs that all load each other' 13 bin/a
rm -r bin
mkdir bin

# --- what is no file ---

# unresolved NAME WHY: what stands where bin/a's only dylib should be is not to be had.
unresolved() {
    run timeout 20 "$VAFIT" check bin/a --format github
    expect "$1" 3 "::error file=bin/a,title=vafit (arm64%2C macos-26)::unresolved: bin/a asks for @rpath/liba.dylib, which was not found; tried bin/liba.dylib ($2)"
}

program a liba.dylib
unresolved 'nothing where a dylib should be' 'no such file'
mkdir bin/liba.dylib
unresolved 'a folder where a dylib should be' 'not a file'
rmdir bin/liba.dylib
mkfifo bin/liba.dylib
unresolved 'a FIFO where a dylib should be' 'not a file'
rm bin/liba.dylib
ln -s /dev/zero bin/liba.dylib
unresolved 'a device where a dylib should be' 'not a file'
ln -sf nothing bin/liba.dylib
unresolved 'a link to nothing' 'no such file'
ln -sf liba.dylib bin/liba.dylib
unresolved 'a link to itself' 'too many symbolic links'
ln -sf b bin/liba.dylib
ln -s c bin/b
ln -s liba.dylib bin/c
unresolved 'links that go round' 'too many symbolic links'
rm bin/b bin/c bin/liba.dylib
printf -- '--- !tapi-tbd\ntbd-version: 4\n...\n' >bin/liba.dylib
unresolved 'a text-based stub' 'a text-based stub, not an image'
rm bin/liba.dylib

library b.dylib
ln -s b.dylib bin/link0
for i in {1..40}; do ln -s "link$((i - 1))" "bin/link$i"; done
ln -s link20 bin/liba.dylib
images 'a chain of 20 links' 2 bin/a
ln -sf link40 bin/liba.dylib
unresolved 'a chain of 40 links' 'too many symbolic links'
rm bin/link* bin/liba.dylib bin/b.dylib

# As operands, such files are errors of the operating system.
mkfifo fifo
ln -s loop loop
refused 'a folder as the executable' 4 'vafit: bin: cannot open: not a regular file' \
    "$VAFIT" check bin
refused 'a FIFO as the executable' 4 'vafit: fifo: cannot open: not a regular file' \
    "$VAFIT" check fifo
refused 'a device as the executable' 4 'vafit: /dev/null: cannot open: not a regular file' \
    "$VAFIT" check /dev/null
refused 'a link to itself as the executable' 4 \
    'vafit: loop: cannot open: Too many levels of symbolic links' "$VAFIT" check loop
refused 'nothing as the executable' 4 'vafit: nothing: cannot open: No such file or directory' \
    "$VAFIT" check nothing
refused 'an empty name as the executable' 4 "vafit: '': cannot open: No such file or directory" \
    "$VAFIT" check ''
refused 'a file as a folder' 4 'vafit: bin/a/b: cannot open: No such file or directory' \
    "$VAFIT" check bin/a/b
rm fifo loop

# What may not be read: only a user who may not do everything can see that.
as_nobody=()
if [ "$(id -u)" = 0 ]; then
    as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    chmod 755 "$WORK"
fi
if "${as_nobody[@]}" "$VAFIT" --version >/dev/null 2>&1; then
    library liba.dylib
    chmod 0 bin/liba.dylib
    run "${as_nobody[@]}" "$VAFIT" check bin/a
    expect 'a dylib that may not be read' 4 '' 'vafit: bin/liba.dylib: cannot open: Permission denied'
    run "${as_nobody[@]}" "$VAFIT" check bin/liba.dylib
    expect 'an executable that may not be read' 4 '' \
        'vafit: bin/liba.dylib: cannot open: Permission denied'
    mkdir locked
    mv bin/liba.dylib locked
    chmod 0 locked
    make_executable bin/b --rpath @loader_path/../locked --load @rpath/liba.dylib
    run "${as_nobody[@]}" "$VAFIT" check bin/b
    expect 'a dylib in a folder that may not be searched' 4 '' \
        'vafit: locked/liba.dylib: cannot open: Permission denied'
    run "${as_nobody[@]}" "$VAFIT" check locked/liba.dylib
    expect 'an executable in a folder that may not be searched' 4 '' \
        'vafit: locked/liba.dylib: cannot open: Permission denied'
    chmod 700 locked
    rm -r locked
else
    skip 'files that may not be read' 'setpriv cannot change the user'
fi

# --- names that are no text ---

nasty=$'x\n  pass: unresolved: all is well \e[31m\xff\xc3(\t"\\.dylib'
program a "$nasty"
run "$VAFIT" check bin/a --format json
expect 'a name with control characters and no UTF-8' 3 - ''
expect_true 'json: the name' grep -qxF \
    $'          "name": "@rpath/x\\n  pass: unresolved: all is well \\u001B[31m\xef\xbf\xbd\xef\xbf\xbd(\\t\\"\\\\.dylib",' \
    "$WORK/.out"
expect_true 'json: no control characters' \
    test -z "$(tr -d '\n\040-\176\200-\377' <"$WORK/.out")"
run "$VAFIT" check bin/a --format sarif
expect_true 'sarif: no control characters' \
    test -z "$(tr -d '\n\040-\176\200-\377' <"$WORK/.out")"
run "$VAFIT" check bin/a --format github
expect_true 'github: one line' test "$(wc -l <"$WORK/.out")" = 1
run "$VAFIT" check bin/a
expect_true 'text: no control characters' \
    test -z "$(tr -d '\n\040-\176\200-\377' <"$WORK/.out")"
expect_true 'text: a name does not make lines of its own' \
    test "$(grep -c 'pass: unresolved' "$WORK/.out")" = "$(grep -c 'error: unresolved' "$WORK/.out")"
run "$VAFIT" scan bin/a -o facts.json
expect 'facts of such a name' 0 '' ''
run "$VAFIT" check bin/a --facts facts.json --format json
expect 'facts of such a name are read' 3 - ''
rm facts.json

library $'b\n.dylib'
program b $'b\n.dylib'
images 'a file with such a name' 2 bin/b
expect_true 'json: its path' grep -qxF '          "path": "bin/b\n.dylib",' "$WORK/.out"
expect_true 'json: its install name' grep -qxF '          "install_name": "@rpath/b\n.dylib",' \
    "$WORK/.out"

cp bin/a $'bin/c\e\nd'
poke_all $'bin/c\e\nd' @0:4=0
run "$VAFIT" check $'bin/c\e\nd'
expect 'a malformed file with such a name' 3 '' -
expect_true 'the error is one line without control characters' \
    test "$(wc -l <"$WORK/.err") $(tr -d '\n\040-\176\200-\377' <"$WORK/.err")" = '1 '
cp bin/a bin/d
poke_all bin/d lc3+8:8=0x1b0a414141414141 lc3+40:8=0x20000
run "$VAFIT" check bin/d
expect 'a malformed segment with such a name' 3 '' -
expect_true 'its error is one line without control characters' \
    test "$(wc -l <"$WORK/.err") $(tr -d '\n\040-\176\200-\377' <"$WORK/.err")" = '1 '
