# Groups: which dylibs become one image is what --group says; dylibs of two folders are two images. No path leads out
# of an image and back, whatever was asked for.
. "$(dirname "$0")/../lib/consolidate.sh"

# image NAME PART...: the merged image case/NAME has those parts.
image() {
    jq -r '.parts[].file' "case/$1.parts.json" >held 2>&1
    expect_same "$1 has its parts" <(printf '%s\n' "${@:2}") <(sort held)
}
# prints NAME: the program prints what it printed.
prints() {
    run run_program $ARCH case/parts
    expect "$1: it prints the same" 0 "$printed"
}
# taken_back NAME: --undo leaves what was there.
taken_back() {
    run "$VAFIT" consolidate case/parts --undo -q
    expect "$1: it is taken back" 0
    expect_same "$1: every file is as it was" before <(cd case && sha256sum $(find . -type f | sort))
}
noted() {
    (cd case && sha256sum $(find . -type f | sort)) >before
}
object y 0 -DUSES=x
object c 5
# four: liba and libb, libx above both, and libc beside them.
four() {
    built
    dylib c && program case/libx.dylib case/libc.dylib
    noted
}

four
run "$VAFIT" consolidate case/parts --in-place --group 'low=lib[ab].dylib' --group high.dylib=libx.dylib,libc.dylib
cp .out said && expect 'two groups' 0 "$(cat said)"
image low.dylib liba.dylib libb.dylib
image high.dylib libc.dylib libx.dylib
prints 'two groups'
expect_true 'the program loads both' test "$(llvm-otool-19 -L case/parts | grep -c '@rpath/\(low\|high\).dylib')" = 2
run "$VAFIT" verify case/low.dylib case/high.dylib
expect 'both are sound' 0 "$(printf 'case/%s.dylib: well formed, and means the same\n' low high)"
taken_back 'two groups'

# A dylib of no group stays, and one of two groups is in the first.
run "$VAFIT" consolidate case/parts --in-place --group 'some=libb.dylib,libx*' --group 'rest=lib[bc]*'
cp .out said && expect 'overlapping groups' 0 "$(cat said)"
image some.dylib libb.dylib libx.dylib
expect_true 'liba is left alone' grep -qx '  case/liba.dylib: is in no --group' said
expect_true 'so is libc' grep -qx '  case/libc.dylib: has no other image to be merged with' said
prints 'overlapping groups'
taken_back 'overlapping groups'

# Asked for by two names of the same folder: each asks for the merged image as it asked for its part.
built
link $ARCH -dylib -install_name @loader_path/libx.dylib -o case/libx.dylib x.o case/liba.dylib case/libb.dylib
program case/libx.dylib && noted
run "$VAFIT" consolidate case/parts --in-place -q
expect 'two ways to name a folder' 0
image libconsolidated.dylib liba.dylib libb.dylib libx.dylib
prints 'two ways to name a folder'
taken_back 'two ways to name a folder'

# Of two groups that would load each other one is parted: liba (one), libx (two), liby (one).
built
dylib y case/libx.dylib case/liba.dylib && program case/libx.dylib case/liby.dylib && noted
run "$VAFIT" consolidate case/parts --in-place --group 'one=lib[aby].dylib' --group 'two=lib[x].dylib'
cp .out said && expect 'a group around another dylib' 0 "$(cat said)"
image one.dylib liba.dylib libb.dylib
expect_true 'liby is left alone' grep -qx '  case/liby.dylib: has no other image to be merged with' said
prints 'a group around another dylib'
taken_back 'a group around another dylib'
object z 0 -DUSES=c
dylib c && dylib z case/libc.dylib case/libb.dylib && dylib y case/libx.dylib case/liba.dylib
program case/libx.dylib case/liby.dylib case/libz.dylib && noted
run "$VAFIT" consolidate case/parts --in-place -q --group 'one=lib[abyz].dylib' --group 'two=lib[xc].dylib'
expect 'groups between groups' 0
image two.dylib libc.dylib libx.dylib
image one.dylib liba.dylib libb.dylib
image one_2.dylib liby.dylib libz.dylib
prints 'groups between groups'
run "$VAFIT" consolidate case/parts --in-place -q --group 'one=lib[abyz].dylib' --group 'two=lib[xc].dylib'
expect 'a second time' 0
taken_back 'groups between groups'

# Two folders.
two_folders() {
    rm -rf case && mkdir -p case/below
    dylib a && dylib b
    link $ARCH -dylib -install_name @rpath/below/libx.dylib -o case/below/libx.dylib x.o case/liba.dylib \
        case/libb.dylib -rpath @loader_path/..
    link $ARCH -dylib -install_name @rpath/below/libc.dylib -o case/below/libc.dylib c.o
    program case/below/libx.dylib case/below/libc.dylib && noted
}
two_folders
run "$VAFIT" consolidate case/parts --in-place -q
expect 'two folders' 0
image libconsolidated.dylib liba.dylib libb.dylib
image below/libconsolidated_2.dylib libc.dylib libx.dylib
prints 'two folders'
taken_back 'two folders'
run "$VAFIT" consolidate case/parts --out-dir copy -q
expect 'a copy of two folders' 0
run run_program $ARCH copy/parts
expect 'the copy prints the same' 0 "$printed"

# What an ended run leaves goes, whatever its images were called.
four
cp case/liba.dylib case/low.dylib.vafit-new
cp case/liba.dylib case/low.dylib.parts.json.vafit-new
run "$VAFIT" consolidate case/parts --in-place -q --group 'mine=lib[ab].dylib'
expect 'after an ended run' 0
expect_true 'nothing of it is left' test ! -e case/low.dylib.vafit-new -a ! -e case/low.dylib.parts.json.vafit-new

usage() {
    run "$VAFIT" consolidate case/parts --in-place --group "$1"
    expect "--group $1" 2 '' "vafit: --group $1: $2
vafit: see \`vafit help consolidate\`"
}
usage 'x' 'say NAME=GLOB, with a NAME that is no path'
usage '=libx*' 'say NAME=GLOB, with a NAME that is no path'
usage 'a/b=libx*' 'say NAME=GLOB, with a NAME that is no path'
usage 'x=,' 'say NAME=GLOB, with a NAME that is no path'
usage 'x=libnone*' 'the programs load no such dylib'
