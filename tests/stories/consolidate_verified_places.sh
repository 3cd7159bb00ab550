# verify of a consolidated program wherever its files lie: in folders with dylibs of one name, behind symbolic links, with
# originals elsewhere; and with a list of parts that was cut off or says something else.
. "$(dirname "$0")/../lib/consolidate.sh"

object c 5
object x 4 -DUSES=a
mkdir case case/below
dylib a && dylib b
link $ARCH -dylib -install_name @rpath/below/liba.dylib -o case/below/liba.dylib x.o case/liba.dylib -rpath @loader_path/..
link $ARCH -dylib -install_name @rpath/below/libc.dylib -o case/below/libc.dylib c.o
program case/below/liba.dylib case/below/libc.dylib
mv case was

# consolidated [OPTION...]: in the folder `case`, as it was.
consolidated() {
    rm -rf case && cp -a was case
    run "$VAFIT" consolidate case/parts --in-place -q "$@"
    expect "consolidated ${*-}" 0
}
# sound FILE [OPTION...]
sound() {
    run "$VAFIT" verify "$@"
    expect "verify $*" 0 "$1: well formed, and means the same"
}
consolidated
for file in case/parts case/libconsolidated.dylib case/below/libconsolidated_2.dylib; do sound $file; done
sound case/parts --against was/parts
sound case/parts --against case/parts.unstripped
printf '\1' | dd of=case/below/libconsolidated_2.dylib bs=1 seek=5000 conv=notrunc 2>/dev/null
run "$VAFIT" verify case/parts
expect_true 'a byte that is not what it was' grep -q '^vafit: case/below/libconsolidated_2.dylib: ' .err
run "$VAFIT" consolidate was/parts --out-dir copy -q
sound copy/parts --against was/parts

# Behind links.
consolidated
ln -s case link && ln -s case/below deep
sound link/parts
sound deep/libconsolidated_2.dylib
(cd deep && run "$VAFIT" verify ../parts && expect 'a path up from a link' 0 '../parts: well formed, and means the same')
rm -rf link deep case && cp -a was case && mv case/below elsewhere && ln -s ../elsewhere case/below
run "$VAFIT" consolidate case/parts --in-place -q
expect 'a linked folder' 0
sound case/parts
sound elsewhere/libconsolidated_2.dylib

# Originals elsewhere are no others' business.
built && run "$VAFIT" consolidate case/parts --in-place -q --unstripped kept
expect 'originals elsewhere' 0
run "$VAFIT" verify case/parts
expect 'there is nothing to be compared with' 0 'case/parts: well formed'

# Lists.
built && "$VAFIT" consolidate case/parts --in-place -q
list=case/libconsolidated.dylib.parts.json
cp $list whole
# says NAME MESSAGE: what verify says, of the program and of the image.
says() {
    for file in case/parts case/libconsolidated.dylib; do
        run "$VAFIT" verify $file
        expect "$1: $file" 1 '' "vafit: $2"
    done
}
head -c 700 whole >$list
says 'cut off' "$list: is no JSON"
jq '.replaced[0] = 5' whole >$list
says 'no file' "$list: replaced: entry 1 is not what vafit writes"
jq '.replaced[1].path = "/etc/passwd"' whole >$list
says 'a file from the root' "$list: replaced: entry 2 is not what vafit writes"
# Of another image, or of another tool.
for other in '.uuid = "0"' '.schema = "other/1"'; do
    jq "$other" whole >$list
    run "$VAFIT" verify case/parts
    expect "$other" 0 'case/parts: well formed'
done
