# Results: none is written over a file that the run has read or launched, by whatever verb, option, name or link.
. "$(dirname "$0")/../lib/sample.sh"

executable prog 100 --load @rpath/liba.dylib
dylib liba.dylib 20
ln -s liba.dylib link
"$VAFIT" check prog --format json --profile macos-26 >report.json
cp report.json other.json
"$VAFIT" scan prog liba.dylib -o facts.json
python3 "$TESTS/lib/crash_report.py" ips malloc >crash.ips
mkdir kept && cp -p prog liba.dylib report.json crash.ips facts.json standin kept/

# spares OPTION PATH ARGUMENT...: the run is refused, and all that was read stays as it was.
spares() {
    local option=$1 path=$2 file
    shift 2
    run "$VAFIT" "$@" "$option" "$path"
    expect "$* $option $path" 2 '' "vafit: $option $path: a file of that name was read${NEWLINE}vafit: see \`vafit help $1\`"
    for file in kept/*; do cmp "$file" "${file#kept/}"; done >changed 2>&1
    expect_same 'nothing is changed' /dev/null changed
    cp -p kept/* .
}
spares --output prog check prog
spares --output ./link check prog
spares --output "$PWD/liba.dylib" check prog
spares --depfile liba.dylib check prog --output new
expect_true 'what comes first is not written either' test ! -e new
spares --metrics liba.dylib check prog --output new
spares --output facts.json check prog --facts facts.json --exit-zero
expect_true 'not before metrics' test ! -e new
spares --output liba.dylib scan prog liba.dylib
spares --output liba.dylib why prog liba.dylib
spares --output crash.ips explain crash.ips
spares --output report.json diff report.json other.json
spares --output prog map prog --format svg
spares --output liba.dylib fix prog --dry-run
spares --output liba.dylib fix prog --in-place --limit 4215M --profile macos-26
spares --output liba.dylib consolidate prog --dry-run
# Nor over an image that the same run makes.
for verb in fix consolidate; do
    for option in --output --depfile; do
        [ $option = --output ] && places=(-o copy/./prog) || places=(-o new --depfile copy/./prog)
        run "$VAFIT" $verb prog --out-dir copy "${places[@]}"
        expect "$verb: $option on an image" 2 '' "vafit: $option copy/./prog: an image of this run goes there${NEWLINE}vafit: see \`vafit help $verb\`"
        expect_true 'nothing is made' test ! -e copy -a ! -e new
    done
done
ends 'aborts "$MALLOC"'
spares --keep prog sample prog --launcher ./standin --launches 1
spares --keep link sample prog --launcher ./standin --launches 1
spares --keep standin sample prog --launcher ./standin --launches 1
spares --output standin sample prog --launcher ./standin --launches 1 --keep none
expect_true 'before anything is launched' test ! -e launches

# What is kept is no other result either.
while IFS='|' read -r arguments what; do
    # shellcheck disable=SC2086
    run "$VAFIT" sample prog --launcher ./standin --launches 1 $arguments
    expect "sample $arguments" 2 '' "vafit: $what${NEWLINE}vafit: see \`vafit help sample\`"
done <<'END_OF_LIST'
--keep new -o new|--keep new: another file of this run has that name
-o prog.abort|--keep prog.abort: another file of this run has that name
-o new --depfile dep --keep ./dep|--keep ./dep: another file of this run has that name
--keep -|--keep -: standard output has the report; give --output FILE
END_OF_LIST
ends 'aborts "$MALLOC"'
run "$VAFIT" sample prog --launcher ./standin --launches 1 --keep - -o new --profile macos-26
expect 'standard output for what is kept' 1 "$MALLOC" ''

# Another name of a file is only that name: it is given to the result, and the file stays.
ln liba.dylib second
run "$VAFIT" check prog --exit-zero -o second
expect_true 'a hard link' cmp -s kept/liba.dylib liba.dylib
expect_true 'has the report' grep -q prog second
# A place that is only written to is none that is replaced.
run "$VAFIT" check prog --exit-zero -o /dev/null --depfile /dev/null
expect 'a device' 0 '' ''
