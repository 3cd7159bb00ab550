# Originals of other builds that a run could replace: they stay.
. "$(dirname "$0")/../lib/one_program.sh"

# Without a UUID nothing tells one build from another.
KEPT='vafit: case/program.unstripped: is there, and is not the original of case/program; move it away, or keep originals elsewhere with --unstripped'
clang-19 --target=arm64-apple-macos13 -O0 -c program.c -o program.o
link arm64 -no_uuid -execute -o without program.o
clang-19 --target=arm64-apple-macos13 -O2 -c program.c -o program.o
link arm64 -no_uuid -execute -o rebuilt program.o
rm -rf case && mkdir case
cp without case/program
run "$VAFIT" shrink case/program --in-place -q
expect 'without a UUID' 0
cp rebuilt case/program
run "$VAFIT" shrink case/program --in-place -q
expect 'without a UUID, built anew' 4 '' "$KEPT"
expect_same 'without a UUID, built anew: the original of the first build stays' case/program.unstripped without
expect_same 'without a UUID, built anew: the new build stays' case/program rebuilt
# An original that somebody stripped has the UUID still.
start
cp wanted case/program.unstripped
run "$VAFIT" shrink case/program --in-place -q
expect 'beside an original that has lost its symbols' 4 '' "$KEPT"
expect_same 'beside an original that has lost its symbols: it stays' case/program.unstripped wanted
expect_same 'beside an original that has lost its symbols: so does the program' case/program original
# A symbolic link stays one; the file it leads to is the one that is rewritten.
start
mv case/program elsewhere/program && ln -s ../elsewhere/program case/program
run "$VAFIT" shrink case/program --in-place -q --level locals
expect 'a symbolic link' 0
expect_same 'a symbolic link: leads to the new file' case/program wanted
expect_true 'a symbolic link: is one still' test -L case/program
# The original by the name that the output's would have.
start
mv case/program case/program.unstripped
run "$VAFIT" shrink case/program.unstripped -o case/program --level locals -q
expect 'from the original to its name' 0
expect_same 'from the original to its name: the new file' case/program wanted
expect_same 'from the original to its name: the original' case/program.unstripped original
