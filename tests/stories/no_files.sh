# Programs and dylibs that are folders, pipes, devices, links to nothing, or may not be read.
. "$(dirname "$0")/../lib/malformed_programs.sh"

# unresolved NAME WHY: what stands where bin/a's only dylib should be is not to be had.
unresolved() {
    run timeout 20 "$VAFIT" check bin/a --format github
    expect "$1" 3 "::error file=bin/a,title=vafit (arm64%2C macos-26 and macos-27)::unresolved: bin/a asks for @rpath/liba.dylib, which was not found; tried bin/liba.dylib ($2)"
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
refused 'a folder as the image' 4 'vafit: bin: cannot open: not a regular file' \
    "$VAFIT" scan bin -o facts
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
