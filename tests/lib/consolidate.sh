# A program of few words to be consolidated: parts, which loads liba, libb and libx; libx is what a story is about.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"
. "$TESTS/lib/programs.sh"

ulimit -c 0
ARCH=x86_64
printed='a: 1
b: 2
x: 4
x uses: 1'

# object NAME VALUE [OPTION...]: NAME.o of part.c.
object() {
    compile $ARCH "$1.o" part.c -DNAME="$1" -DVALUE="$2" "${@:3}"
}
# dylib NAME OPTION...: case/libNAME.dylib of NAME.o.
dylib() {
    link $ARCH -dylib -install_name "@rpath/lib$1.dylib" -o "case/lib$1.dylib" "$1.o" "${@:2}"
}
# program [DYLIB...]: case/parts, which loads them after liba and libb.
program() {
    link $ARCH -execute -rpath @loader_path/. -o case/parts parts.o case/liba.dylib case/libb.dylib "$@"
}
# built [OPTION...]: all of it, in the folder `case`. The options are for the linker of libx, MORE is C of it.
MORE=
built() {
    rm -rf case && mkdir case
    object x 4 -DUSES=a "-DMORE=$MORE"
    dylib a && dylib b && dylib x case/liba.dylib case/libb.dylib "$@" && program case/libx.dylib
}
object a 1
object b 2
compile $ARCH parts.o parts.c

# reason NAME REASON [OPTION...]: the plan leaves one dylib alone for that reason, libx or LEFT.
reason() {
    local left=${LEFT:-libx.dylib}
    run run_program $ARCH case/parts
    expect "$1: what it prints" 0 "${PRINTED:-$printed}"
    run "$VAFIT" consolidate case/parts --dry-run "${@:3}"
    grep -m 1 -x "  case/$left: .*" .out >said || cp .out said
    expect_same "$1: the plan says why" <(echo "  case/$left: $2") said
}
# left_alone NAME REASON [OPTION...]: and the program prints the same when the rest is consolidated.
left_alone() {
    reason "$@"
    run "$VAFIT" consolidate case/parts --in-place -q "${@:3}"
    expect "$1: the rest is consolidated" 0
    jq -r '.parts[].file' case/libconsolidated.dylib.parts.json >held 2>&1
    expect_same "$1: liba and libb are one" <(printf 'liba.dylib\nlibb.dylib\n') held
    run run_program $ARCH case/parts
    expect "$1: it prints the same" 0 "${PRINTED:-$printed}"
}
